import test from 'ava'
import { ensureKey, parseKeyLine, removeKey } from '../../../lib/changes/edit/authorized-keys.ts'
import { key1, key2 } from '../../helpers/keys.ts'

const [type = '', blob = ''] = key1.split(' ')
const wanted = { options: 'restrict', type, blob, comment: undefined }
const many = { exclusive: false }

test('reads options with blanks and quotes in them', t => {
  t.deepEqual(parseKeyLine(`  restrict,command="a \\"b\\" c" ${key1} me at here `), {
    options: 'restrict,command="a \\"b\\" c"',
    type,
    blob,
    comment: 'me at here',
  })
  t.deepEqual(parseKeyLine(key1), { options: '', type, blob, comment: undefined })
  for (const text of ['', '# x', `#${key1}`, 'ssh-ed25519', 'command="open ssh-ed25519 AAAA'])
    t.is(parseKeyLine(text), undefined)
})

test('the first line with the key is made right, any other goes, the rest stays', t => {
  const others = `# mine\n\nnot a key\nno-pty ${key2} you\n`
  t.is(ensureKey(others, wanted, many), `${others}restrict ${key1}\n`)
  t.is(ensureKey(`${key1} me\n${others}command="x" ${key1}`, wanted, many), `restrict ${key1} me\n${others}`)
  t.is(ensureKey(`restrict\t${key1}  me`, wanted, many), `restrict\t${key1}  me`)
  t.is(ensureKey(`restrict ${key1} me\n`, { ...wanted, comment: 'you' }, many), `restrict ${key1} you\n`)
  t.is(removeKey(`${key1}\n${others}x="y" ${key1}`, blob), others)
})

test('exclusive: no other key stays, comments do', t => {
  t.is(ensureKey(`# mine\n${key2}\n`, wanted, { exclusive: true }), `# mine\nrestrict ${key1}\n`)
})
