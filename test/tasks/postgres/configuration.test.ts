import test from 'ava'
import { sha256 } from '../../../lib/changes/write-file.ts'
import { digest } from '../../../lib/facts/digest.ts'
import { path } from '../../../lib/facts/path.ts'
import { loaded } from '../../../lib/facts/postgres/loaded.ts'
import { settingSources } from '../../../lib/facts/postgres/setting-sources.ts'
import { settings } from '../../../lib/facts/postgres/settings.ts'
import { configuration } from '../../../lib/tasks/postgres/configuration.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const conf = '/etc/postgresql/17/main/conf.d/50-baton.conf'
const text = `# Written by Baton; changes are overwritten.\nmax_connections = '200'\n`
const there = { type: 'file', mode: '0644', owner: 'postgres', group: 'postgres' } as const
const main = '/etc/postgresql/17/main/postgresql.conf'
const auto = '/var/lib/postgresql/17/main/postgresql.auto.conf'
const none = { unavailable: 'no server' }

interface Now {
  readonly file?: string
  readonly server?: { readonly setting: string; readonly pending?: boolean; readonly loaded?: boolean }
  /** Which file sets it. */
  readonly source?: string
}

const facts = ({ file, server, source = file === undefined ? main : conf }: Now) =>
  fakeFacts([
    answer(path(conf), file === undefined ? { type: 'absent' } : there),
    answer(path('/etc/postgresql/17/main/conf.d'), { ...there, type: 'directory' }),
    answer(digest(conf), { sha256: file === undefined ? undefined : sha256(file) }),
    answer(loaded({ port: 5432, file: conf }), server ? { loaded: server.loaded ?? true, errors: [] } : none),
    answer(
      settingSources({ port: 5432, names: ['max_connections'] }),
      server ? { files: { max_connections: source } } : none,
    ),
    answer(
      settings({ port: 5432, names: ['max_connections'] }),
      server
        ? {
            settings: [
              {
                name: 'max_connections',
                setting: server.setting,
                context: 'postmaster',
                pending: server.pending ?? false,
              },
            ],
          }
        : none,
    ),
  ])
const task = (restart: 'allow' | 'refuse') =>
  configuration({ version: '17', name: '50-baton', settings: { max_connections: '200' }, restart })

const [write, reload, restart] = [`write ${conf}`, `make PostgreSQL read ${conf}`, 'restart postgresql@17-main.service']
for (const [title, now, changes] of [
  ['no server: written only', {}, [write]],
  ['a file, in force: nothing', { file: text, server: { setting: '200' } }, []],
  ['a file that was not read: read', { file: text, server: { setting: '200', loaded: false } }, [reload]],
  ['no file, but in force: written and read', { server: { setting: '200' } }, [write, reload]],
  ['not in force: written, restarted', { server: { setting: '100' } }, [write, restart]],
  ['written and read, waits for a restart', { file: text, server: { setting: '100', pending: true } }, [restart]],
] as const)
  test(title, async t => {
    const planned = await task('allow').plan(facts(now))
    t.deepEqual(
      planned.map(c => c.summary),
      [...changes],
    )
  })

test('a restart that is not allowed is refused before anything is written', async t => {
  await t.throwsAsync(task('refuse').plan(facts({ server: { setting: '100' } })), {
    message: /only a restart of PostgreSQL makes max_connections/,
  })
})

for (const [title, now] of [
  ['by ALTER SYSTEM, before it is written', { server: { setting: '100' }, source: auto }],
  ['by ALTER SYSTEM, though the value is the same', { file: text, server: { setting: '200' }, source: auto }],
  ['by a later file', { server: { setting: '100' }, source: conf.replace('50-', '90-') }],
  ['by a line behind the include', { file: text, server: { setting: '100' }, source: main }],
] as const)
  test(`overridden ${title}: refused by name`, async t => {
    await t.throwsAsync(task('allow').plan(facts(now)), {
      message: `set elsewhere, where it wins over ${conf}: max_connections (${now.source})`,
    })
  })

test('an earlier file is overridden, and that is claimed', async t => {
  const changes = await task('allow').plan(facts({ server: { setting: '200' }, source: conf.replace('50-', '10-') }))
  const taken = changes.flatMap(c => c.makes).find(c => c.fact.kind.kind === 'postgres-setting-sources')
  t.deepEqual(taken?.answer, { files: { max_connections: conf } })
})
