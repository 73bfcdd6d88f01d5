import test from 'ava'
import { digest } from '../../../lib/facts/digest.ts'
import { path } from '../../../lib/facts/path.ts'
import { loaded } from '../../../lib/facts/postgres/loaded.ts'
import { settingSources } from '../../../lib/facts/postgres/setting-sources.ts'
import { settings } from '../../../lib/facts/postgres/settings.ts'
import { listening } from '../../../lib/tasks/postgres/listening.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const conf = '/etc/postgresql/17/main/conf.d/40-baton-listen.conf'
const facts = (setting: string) =>
  fakeFacts([
    answer(path(conf), { type: 'absent' }),
    answer(path('/etc/postgresql/17/main/conf.d'), {
      type: 'directory',
      mode: '0755',
      owner: 'postgres',
      group: 'postgres',
    }),
    answer(digest(conf), { sha256: undefined }),
    answer(loaded({ port: 5432, file: conf }), { loaded: true, errors: [] }),
    answer(settingSources({ port: 5432, names: ['listen_addresses'] }), { files: {} }),
    answer(settings({ port: 5432, names: ['listen_addresses'] }), {
      settings: [{ name: 'listen_addresses', setting, context: 'postmaster', pending: false }],
    }),
  ])
const task = (restart: 'allow' | 'refuse', address = '198.51.100.2') => listening({ version: '17', address, restart })

for (const setting of ['*', '0.0.0.0', 'localhost, 198.51.100.2'])
  test(`listens there already, as ${setting}: nothing`, async t =>
    t.deepEqual(await task('refuse').plan(facts(setting)), []))

test('what it listens at now stays', async t => {
  const [write, restart, more] = await task('allow').plan(facts('localhost'))
  t.regex(String(write?.command.stdin), /listen_addresses = 'localhost,198\.51\.100\.2'/)
  t.is(restart?.summary, 'restart postgresql@17-main.service')
  t.is(more, undefined)
})
test('all IPv4 addresses are no IPv6 address', async t =>
  t.is((await task('allow', '2001:db8::2').plan(facts('0.0.0.0'))).length, 2))
test('a restart that nobody allowed is refused', async t => {
  await t.throwsAsync(task('refuse').plan(facts('localhost')), { message: /makes listen_addresses take effect/ })
})
