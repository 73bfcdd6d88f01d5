import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { maskSecrets } from '../../../lib/secret.ts'
import { tempDirectory } from '../../helpers/temp-directory.ts'
import { answering, keysOf, type Read, read, vault } from '../fixtures.ts'

const written = async (t: ExecutionContext, text: string, keys = keysOf()): Promise<Read> => {
  const cwd = await tempDirectory(t)
  await writeFile(join(cwd, 'x.yml'), text)
  return read('x.yml', keys, cwd)
}

test('inline !vault, and what stands beside it stays plain', async t => {
  t.deepEqual(await read('inline-vault.yml', keysOf(vault)), {
    value: { plain: 'as it is', password: "inl1ne 'quoted' value" },
    secret: ['password'],
    said: [],
  })
})

test('!env, !secret and !prompt are Secrets, masked from then on', async t => {
  const found = await written(
    t,
    'a: !env TAG_CANARY\nb: [!secret "written-h3re"]\nc: !prompt "Database password"\nd: !prompt Database password\n',
    keysOf({ TAG_CANARY: 'from-the-env1ronment' }, answering('Database password=typed-by-s0mebody')),
  )
  t.deepEqual(found, {
    value: { a: 'from-the-env1ronment', b: ['written-h3re'], c: 'typed-by-s0mebody', d: 'typed-by-s0mebody' },
    secret: ['a', 'b[0]', 'c', 'd'],
    said: [],
  })
  t.is(maskSecrets('from-the-env1ronment written-h3re typed-by-s0mebody'), '[secret] [secret] [secret]')
})

test('a question is asked once, and one after the other', async t => {
  const asked: string[] = []
  let open = 0
  const keys = keysOf({}, async what => {
    asked.push(what)
    t.is(++open, 1)
    await new Promise(resolve => setImmediate(resolve))
    open--
    return answering('one=answer-one', 'two=answer-two')(what)
  })
  await Promise.all([
    written(t, 'a: &a !prompt one\nb: *a\nc: !prompt two\n', keys),
    written(t, 'd: !prompt one\n', keys),
  ])
  t.deepEqual(asked.sort(), ['one', 'two'])
})

test('what cannot be had is said at its place, all of it at once', async t => {
  const found = await written(
    t,
    'a: !env NOT_THERE\nb: !env EMPTY\nc: !env not-a-name\nd: !prompt Password\ne: !prompt\nf: !vault nothing\ng: !env [x]\nh: !other x\n',
    keysOf({ EMPTY: '' }),
  )
  const tags = 'There are: !env, !prompt, !secret, !vault'
  const set = (name: string) =>
    `Set it where Baton is started, without writing its value on a command line: read -rs ${name} && export ${name}`
  t.deepEqual(found.said, [
    `x.yml:7:9: !env must be given text | ${tags}`,
    `x.yml:8:11: the tag !other is not supported | ${tags}`,
    `x.yml:1:9: the environment variable NOT_THERE is not set | ${set('NOT_THERE')}`,
    `x.yml:2:9: the environment variable EMPTY is empty | ${set('EMPTY')}`,
    'x.yml:3:9: !env needs the name of an environment variable',
    'x.yml:4:12: this is asked for (Password), and there is no terminal to ask on | Where nobody can answer, use !env NAME or an encrypted file.',
    'x.yml:5:11: !prompt needs words to ask with | Write !prompt "Password of the database".',
    'x.yml:6:11: !vault needs what ansible-vault encrypt_string prints',
  ])
})
