import test from 'ava'
import { diffClaim } from '../../lib/changes/diff.ts'
import { sha256, writeFile } from '../../lib/changes/write-file.ts'
import type { Content } from '../../lib/facts/content.ts'
import { maskSecrets, Secret } from '../../lib/secret.ts'

const attributes = (mode: string) => ({ mode, owner: 'root', group: 'root' })
const [old, young] = ['a\npassword=former\nb\n', 'a\npassword=former\nb\nc\n']

/** What a diff shows of text that replaces another, in a file of this mode. */
const shownOf = (mode: string, before: string, after: string) => {
  const bytes = Buffer.from(after)
  const { makes } = writeFile('/f', bytes, attributes(mode), { sha256: sha256(bytes), shown: bytes })
  const was: Readonly<Record<string, unknown>> = {
    content: { size: before.length, bytes: Buffer.from(before) } satisfies Content,
    digest: { sha256: sha256(before) },
    path: makes[0]?.answer,
  }
  return makes.flatMap(c => diffClaim(c, was[c.fact.kind.kind]) ?? [])
}

test('of a file that everybody may read, the lines around a change are shown, and the digests', t => {
  const [digest, content] = shownOf('0644', old, young)
  t.is(digest?.attributes[0]?.name, 'sha256')
  t.deepEqual(content?.texts[0]?.lines, ['@@ -1,3 +1,4 @@', ' a', ' password=former', ' b', '+c'])
})

for (const mode of ['0640', '0600', '0660', '4750'])
  test(`of a file with mode ${mode}, only the change is shown, without the values of passwords`, t => {
    const diffs = shownOf(mode, old, young)
    t.is(diffs.length, 1)
    t.deepEqual(diffs[0]?.texts[0]?.lines.slice(1), ['+c'])
    const [changed] = shownOf(mode, old, old.replace('former', 'later'))
    t.deepEqual(changed?.texts[0]?.lines.slice(1), ['-password=[secret]', '+password=[secret]'])
  })

for (const [before, shown] of [
  [undefined, { name: 'content', after: '[secret]' }],
  [{ sha256: sha256('1234') }, { name: 'content', before: '[secret, another one]', after: '[secret]' }],
] as const)
  test(`of a secret that ${before ? 'replaces another' : 'is new'}, no digest is shown`, t => {
    const evidence = { sha256: sha256('123456'), ...(before && { before }) }
    const { makes, command } = writeFile('/f', new Secret('123456'), attributes('0644'), evidence)
    const diff = diffClaim(makes[1]!, { sha256: sha256('1234') })
    t.deepEqual(diff?.attributes, [shown])
    for (const text of [JSON.stringify(makes), JSON.stringify(command), sha256('123456'), before?.sha256 ?? ''])
      t.notRegex(maskSecrets(text), /[0-9a-f]{12}/)
  })
