import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { secretFile } from '../../facts/artifactory/secret-file.ts'
import { isUnavailable } from '../../facts/postgres/query.ts'
import { role as roleFact } from '../../facts/postgres/role.ts'
import { Secret } from '../../secret.ts'
import { file } from '../file.ts'
import { absolutePath, groupName, userName } from '../params.ts'
import { roleName } from './cluster-params.ts'
import { formatPassfile, passwordIn } from './passfile-format.ts'
import { matchesVerifier } from './scram.ts'

const params = z.strictObject({
  path: absolutePath,
  owner: userName.default('postgres'),
  group: groupName.default('postgres'),
  user: roleName,
  entries: z
    .array(z.strictObject({ host: z.string().min(1), port: z.number().int(), database: z.string().min(1) }))
    .min(1),
  password: z.instanceof(Secret),
  accepts: z
    .strictObject({ host: z.string(), port: z.number().int(), execute: z.array(z.string()) })
    .describe('Where the role is. A password that is here already and that the role there accepts is kept'),
})

/** The password file of a role, for its owner only: libpq ignores one that others can read. */
export const passfile = defineTask({
  name: 'passfile',
  params,
  title: p => `password file ${p.path}`,
  async plan(p, facts) {
    const { secret } = await facts.get(secretFile(p.path))
    const kept = passwordIn(secret, p.user)
    const there = kept
      ? await facts.on(p.accepts.host).get(roleFact({ port: p.accepts.port, name: p.user, execute: p.accepts.execute }))
      : undefined
    const accepted = there && !isUnavailable(there) && there.exists && matchesVerifier(there.verifier, kept)
    const content = formatPassfile(
      p.entries.map(e => ({ ...e, user: p.user })),
      accepted && kept ? kept : p.password,
    )
    return file({ path: p.path, content, mode: '0600', owner: p.owner, group: p.group }).plan(facts)
  },
})
