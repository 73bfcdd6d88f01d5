import test from 'ava'
import fc from 'fast-check'
import { isEncrypted, MasterKey } from '../lab/artifactory/server/cipher.ts'
import { parseJdbcUrl } from '../lab/artifactory/server/jdbc.ts'
import { optionsFrom } from '../lab/artifactory/server/options.ts'
import { depthOf, formatRepoPath, parents, parseRepoPath } from '../lab/artifactory/server/repo-path.ts'
import { systemYaml } from '../lab/artifactory/system-yaml.ts'

test('what a master key encrypts, that key reads and no other', t => {
  const [key, other] = [new MasterKey(MasterKey.generate()), new MasterKey(MasterKey.generate())]
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const value = key.encrypt(text)
      t.true(isEncrypted(value))
      t.is(key.decrypt(value), text)
      t.throws(() => other.decrypt(value))
    }),
  )
  t.not(key.encrypt('same'), key.encrypt('same'))
})

test('a changed value is not read', t => {
  const key = new MasterKey(MasterKey.generate())
  const value = key.encrypt('password')
  const flipped = value.slice(0, -2) + (value.at(-2) === 'A' ? 'B' : 'A') + value.slice(-1)
  t.throws(() => key.decrypt(flipped))
  t.throws(() => new MasterKey('too short'), { message: /hexadecimal/ })
})

test('JDBC addresses', t => {
  const url = 'jdbc:postgresql://db.example.org:5433/artifactory?sslmode=require'
  t.deepEqual(parseJdbcUrl(url), { host: 'db.example.org', port: 5433, database: 'artifactory' })
  t.deepEqual(parseJdbcUrl('jdbc:postgresql://[::1]/a'), { host: '::1', port: 5432, database: 'a' })
  t.throws(() => parseJdbcUrl('jdbc:mysql://db/a'), { message: /is not of the form/ })
})

test('paths of items', t => {
  const item = parseRepoPath('libs/a%20b/c/d.jar;key=value')
  t.deepEqual(item, { repo: 'libs', path: 'a b/c', name: 'd.jar' })
  t.is(formatRepoPath(item), 'libs/a b/c/d.jar')
  t.is(depthOf(item), 3)
  t.deepEqual(parents(item), [
    { repo: 'libs', path: '.', name: 'a b' },
    { repo: 'libs', path: 'a b', name: 'c' },
  ])
  for (const bad of ['libs', 'libs//x', 'libs/../x', 'libs/a%2fb', '.libs/x', `libs/${'n'.repeat(256)}`]) {
    t.throws(() => parseRepoPath(bad), undefined, bad)
  }
})

test('a misspelt time in the environment is an error, not zero', t => {
  t.throws(() => optionsFrom({ STAND_IN_START_DELAY_MS: '1s' }), { message: /STAND_IN_START_DELAY_MS/ })
  t.is(optionsFrom({ STAND_IN_START_DELAY_MS: '15' }).startDelay, 15)
})

test('system.yaml says only what was asked for', t => {
  const text = systemYaml({ nodeId: 'node1', ip: '198.51.100.2', databasePassword: 'it is: #1' })
  t.false(text.includes('router'))
  t.regex(text, /url: jdbc:postgresql:\/\/127\.0\.0\.1:5432\/artifactory\n/)
  t.regex(text, /password: "it is: #1"\n/)
})
