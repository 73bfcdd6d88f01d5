import { readFileSync, writeFileSync } from 'node:fs'
import test, { type ExecutionContext } from 'ava'
import { z } from 'zod'
import { change } from '../../lib/changes/change.ts'
import { sha256, writeFile } from '../../lib/changes/write-file.ts'
import { listTasks } from '../../lib/cli/list.ts'
import { sh } from '../../lib/command.ts'
import { play, playbook } from '../../lib/dsl/playbook.ts'
import { defineTask } from '../../lib/dsl/task.ts'
import { run } from '../../lib/engine/run.ts'
import { CommandError, FactError } from '../../lib/errors.ts'
import { Secret, showSafely } from '../../lib/secret.ts'
import { file } from '../../lib/tasks/file.ts'
import { line } from '../../lib/tasks/line.ts'
import { properties } from '../../lib/tasks/properties.ts'
import { runCommand } from '../../lib/tasks/run-command.ts'
import { rendered } from '../helpers/events.ts'
import { hostNamed } from '../helpers/play-here.ts'
import { me, scratch } from '../helpers/scratch.ts'
import { ShConnection } from '../helpers/sh-connection.ts'

// Whatever a program makes of the canary, these words stay in it, or one of their encodings.
const words = ['Kanarie', 'Serinus', 'gelbgrün', 'zwitschert']
const canary = 'Kanarie "in\\the" \'cage\' $HOME `x`\n  Serinus  & <gelbgrün> €100% #zwitschert'
/** Not registered by anybody: they stand in files that are edited. */
const former = ['Zeisig-of-before', 'Stieglitz-of-before']

const traces = [...words, ...former].flatMap(word => {
  const bytes = Buffer.from(word)
  const base64 = [0, 1, 2].map(n =>
    Buffer.concat([Buffer.alloc(n), bytes])
      .toString('base64')
      .slice(4, -4),
  )
  return [word, JSON.stringify(word).slice(1, -1), encodeURIComponent(word), bytes.toString('hex'), ...base64]
})
const digests = [sha256(canary), ...former.map(f => sha256(`${f}\n`))].map(hash => hash.slice(0, 12))

const failing = sh`
  secret=$(cat)
  printf '%s\n' "$secret"
  printf '%s\n' "$secret" | sed 's/^/prefix /; s/$/ suffix/' >&2
  bash -c 'printf "%q\n" "$1"; set -x; : "$1"' bash "$secret"
  printf '%s' "$secret" | base64 -w0; echo
  printf 'user:%s' "$secret" | base64 -w0; echo
  printf '%s' "$secret" | od -An -v -tx1 | tr -d ' \n'; echo
  exit 3`

const broken = defineTask({
  name: 'broken',
  params: z.strictObject({ how: z.enum(['bug', 'quoted', 'cut', 'command']) }),
  title: p => `${p.how} ${'-'.repeat(60)} ${showSafely(canary, 100)}`,
  plan: p => {
    if (p.how === 'bug') throw new Error(`no such thing: ${canary}`)
    if (p.how === 'quoted') throw new FactError(`the host says ${JSON.stringify({ said: canary })}`)
    if (p.how === 'cut') throw new FactError(`the host says ${JSON.stringify(showSafely(`password: ${canary}`, 40))}`)
    const stdout = Buffer.from(encodeURIComponent(canary))
    throw new CommandError(`sh -c '${canary.replaceAll("'", `'\\''`)}'`, {
      code: 1,
      stdout,
      stderr: Buffer.from(canary.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')),
      droppedBytes: 0,
      durationMs: 0,
    })
  },
})

/** Says that it writes a secret, and does not: the digests are read back. */
const liar = defineTask({
  name: 'liar',
  params: z.strictObject({ path: z.string() }),
  title: () => 'a lie',
  plan: ({ path }) => {
    const written = writeFile(path, new Secret(canary), { mode: '0600', ...me }, { sha256: sha256(canary) })
    return [change({ ...written, command: { script: sh`true` } })]
  },
})

/** The playbook and its hosts, each with a mishap of its own. */
const mishaps = (t: ExecutionContext) => {
  const secret = new Secret(canary)
  const dir = scratch(t)
  const at = (name: string, text: string): string => {
    writeFileSync(`${dir}/${name}`, text, { mode: 0o600 })
    return `${dir}/${name}`
  }
  const echo = ['sh', '-c', 'cat "$1"; cat "$1" >&2; sha256sum "$1"; exit 1', 'sh', '%s']
  const tasks = {
    stdin: runCommand({ script: failing, stdin: secret }),
    argv: runCommand({ argv: ['sh', '-c', 'echo "$1" >&2; exit 1', 'sh', canary] }),
    cut: runCommand({ argv: ['false', '-'.repeat(50), canary] }),
    file: file({ path: `${dir}/new`, content: secret, ...me }),
    replaced: file({ path: at('old', `${former[0]}\n`), content: secret, ...me }),
    refused: file({ path: at('refused', `${former[0]}\n`), content: secret, validate: echo, ...me }),
    line: line({ path: at('line', `a=1\ndb.password=${former[0]}\nb=2\n`), line: 'c=3', after: /^a/ }),
    match: line({ path: at('pgpass', `h:1:d:u:${former[0]}\n`), line: 'h:1:d:u:x', match: /^h/ }),
    properties: properties({
      path: at('p', `a.password=${former[0]}\nt=${former[1]}\n`),
      set: { t: secret },
      remove: ['a.password'],
    }),
    invalid: properties({ path: at('q', `t=${former[1]}\n`), set: { t: secret }, validate: echo }),
    liar: liar({ path: at('l', `${former[0]}\n`) }),
    bug: broken({ how: 'bug' }),
    quoted: broken({ how: 'quoted' }),
    fact: broken({ how: 'cut' }),
    command: broken({ how: 'command' }),
  }
  const names = Object.keys(tasks)
  const book = playbook({
    name: 'canary',
    groups: ['g'],
    vars: z.unknown(),
    plays: () => [
      play('mishaps', { hosts: 'g' }, ({ host }) => [tasks[host.name as keyof typeof tasks]]),
      play(`nothing but ${canary}`, { hosts: 'g' }, []),
    ],
  })
  return { book, hosts: names.map(hostNamed), dir }
}

const seenIn = (text: string): readonly string[] => [...traces, ...digests].filter(trace => text.includes(trace))

for (const format of ['plain', 'pretty', 'json'] as const)
  for (const mode of ['check', 'apply'] as const)
    test(`${format}, ${mode}: no secret is seen, whatever goes wrong, and no digest of one`, async t => {
      const { book, hosts, dir } = mishaps(t)
      const events = run(book, hosts, {
        mode,
        forks: 4,
        expectNoChanges: false,
        signal: new AbortController().signal,
        connect: async host => new ShConnection(host.name),
      })
      const text = await rendered(events, { format, verbosity: 2 })
      t.deepEqual(seenIn(text), [])
      t.true(text.includes('[secret]'))
      t.regex(text, mode === 'check' ? /a\.password/ : /exit code 3/)
      t.is(readFileSync(`${dir}/old`, 'utf8'), mode === 'check' ? `${former[0]}\n` : canary)
    })

test('--list-tasks shows no secret either', t => {
  const { book, hosts } = mishaps(t)
  const text = listTasks(book, hosts)
  t.deepEqual(seenIn(text), [])
  t.true(text.includes('[secret]') && text.includes('line in'))
})

test('the canary would be seen', t => {
  for (const text of [canary, JSON.stringify(canary), encodeURIComponent(canary), sha256(canary), `x${former[1]}`])
    t.not(seenIn(text).length, 0)
  t.not(seenIn(Buffer.from(`ab${canary}`).toString('base64')).length, 0)
  t.not(seenIn(Buffer.from(canary).toString('hex')).length, 0)
})
