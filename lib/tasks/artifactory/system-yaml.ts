import { z } from 'zod'
import { claim } from '../../changes/change.ts'
import { sha256, writeFile } from '../../changes/write-file.ts'
import { defineTask } from '../../dsl/task.ts'
import { Refusal } from '../../errors.ts'
import { secretFile } from '../../facts/artifactory/secret-file.ts'
import { Secret } from '../../secret.ts'
import { file } from '../file.ts'
import { absolutePath } from '../params.ts'
import { mergeSystemYaml } from './merge-system-yaml.ts'
import { secretsInYaml } from './secrets-in-yaml.ts'

const params = z.strictObject({
  path: absolutePath,
  from: z.string().describe('Host or group whose configuration it is'),
  fromPath: absolutePath,
  own: z
    .record(z.string().regex(/^\w+(\.\w+)*$/), z.string().optional())
    .describe('Keys, with dots, that belong to the node, and their value; without one: kept as it is here'),
  owner: z.string().default('artifactory'),
  group: z.string().default('artifactory'),
})

const keys = (set: readonly string[], removed: readonly string[]): string =>
  [set.length > 0 && `set ${set.join(', ')}`, removed.length > 0 && `remove ${removed.join(', ')}`]
    .filter(Boolean)
    .join('; ')

/** system.yaml is the other node's, but for what belongs to the node. It holds passwords: only keys are ever shown. */
export const systemYaml = defineTask({
  name: 'systemYaml',
  params,
  title: p => `${p.path} as on ${p.from}`,
  async plan(p, facts) {
    const other = facts.on(p.from)
    const [there, here] = await Promise.all([other.get(secretFile(p.fromPath)), facts.get(secretFile(p.path))])
    if (!there.secret) throw new Refusal(`${other.host} has no ${p.fromPath}`)
    const { text, set, removed } = mergeSystemYaml(there.secret.reveal(), here.secret?.reveal(), p.own)
    for (const { secret } of [there, here]) if (secret) secretsInYaml(secret.reveal())
    const attributes = { mode: '0640', owner: p.owner, group: p.group }
    if (here.secret && set.length === 0 && removed.length === 0)
      return file({ path: p.path, ...attributes }).plan(facts)
    const content = Secret.document(text)
    const write = writeFile(p.path, content, attributes, {
      sha256: sha256(text),
      summary: `${here.secret ? 'edit' : 'write'} ${p.path}`,
      before: here.secret ? { sha256: sha256(here.secret.reveal()) } : 'absent',
      instead: { before: {}, after: { keys: keys(set, removed) } },
    })
    return [{ ...write, makes: [...write.makes, claim(secretFile(p.path), { secret: content }, { verify: false })] }]
  },
})
