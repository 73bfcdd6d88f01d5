import test from 'ava'
import { maskSecrets } from '../../../lib/secret.ts'
import { secretsInYaml } from '../../../lib/tasks/artifactory/secrets-in-yaml.ts'

const yaml = `shared:
  security:
    joinKey: 0a1b2c3d4e5f60718293
    passwordPolicy: as-strict-as-it-gets-9
  database:
    type: postgresql
    username: artifactory-1234
    password: "it's 1 \\"quoted\\" password-x"
    url: jdbc:postgresql://h/db
  more:
    - token: eyJhbGciOi.J9xyz
    - password: changed
`

test('passwords and keys are masked from now on, whatever else is there is not', t => {
  t.deepEqual(
    secretsInYaml(yaml).map(s => s.reveal()),
    ['0a1b2c3d4e5f60718293', `it's 1 "quoted" password-x`, 'eyJhbGciOi.J9xyz', 'changed'],
  )
  const masked = maskSecrets(yaml)
  t.false(/0a1b2c|eyJhb/.test(masked))
  for (const line of ['shared:', '  database:', '    type: postgresql', '    username: artifactory-1234', 'changed'])
    t.true(masked.includes(line), line)
})

test('a host cannot fill our memory', t => {
  t.is(secretsInYaml(Array.from({ length: 500 }, (_, i) => `password${i}: x`).join('\n')).length, 100)
})
