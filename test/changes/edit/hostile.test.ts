import test from 'ava'
import { parseKeyLine, removeKey } from '../../../lib/changes/edit/authorized-keys.ts'
import { ensureFstabLine } from '../../../lib/changes/edit/fstab.ts'
import { removeHostKey } from '../../../lib/changes/edit/known-hosts.ts'
import { splitLines } from '../../../lib/changes/edit/lines.ts'
import { editProperties } from '../../../lib/changes/edit/properties.ts'
import { diskSpace } from '../../../lib/facts/disk-space.ts'
import { user } from '../../../lib/facts/user.ts'
import { key1 } from '../../helpers/keys.ts'
import { output } from '../../helpers/output.ts'

// Texts that anybody with an account on a host can leave there. A pattern that goes back over them would hold up every host
// of the run for minutes, or for ever; ava ends a test that does not come back.
const many = (text: string, length = 600_000) => text.repeat(length / text.length)

test('a line of authorized_keys', t => {
  t.is(parseKeyLine(`x="${many('\\"', 200)}`), undefined)
  t.is(parseKeyLine(`${many('x"\\""')} AAAA`), undefined)
  t.is(parseKeyLine(`${key1} ${many(' ')}x${many(' ')}x`)?.comment?.length, 600_002)
  t.is(parseKeyLine(`${many(' ')}x${many(' ')}\u2028x`), undefined)
  t.is(parseKeyLine(`a ${many('b')}\rc`), undefined)
  t.is(removeKey(`${many('x ')}\n`, 'AAAA').length, 600_001)
})

test('a line of known_hosts', t => {
  const hostile = `h ssh-ed25519 ${many('A')}\u2028x`
  t.is(removeHostKey(hostile, 'h', undefined), '')
  t.is(removeHostKey(`${many(' ')}h`, 'h', undefined).length, 600_001)
})

test('lines and fstab', t => {
  t.is(splitLines(many('\r')).length, 1)
  t.is(splitLines(many('\r\n')).length, 300_000)
  t.is(ensureFstabLine('/etc/fstab', `${many('a\t ')}x`, '/srv', undefined).length, 600_001)
})

test('properties', t => {
  t.is(editProperties(`a=${many(' ')}x\nb=1\n`, new Map(), ['b']).length, 600_004)
  t.is(editProperties(many('a=1\n'), new Map(), ['a']), '')
  t.regex(editProperties(`a${many(' ')}\fx\n`, new Map([['b', '1']])), /\nb=1\n$/)
  t.regex(editProperties(`a=${many('\\')}x`, new Map([['b', '1']])), /x\nb=1\n$/)
})

test('users', t => {
  const text = `ann:x:1:1::/:/bin/sh\n\n${many('\0')}x`
  t.throws(() => user('ann').kind.parse(output(text), ['ann']), { message: /cannot tell the groups/ })
})

test('df', t => {
  for (const row of [many('1 '), many(' '), `x${many(' ')}/`, many('a 1 1 1 1% ')])
    t.throws(() => diskSpace('/').kind.parse(output(`Filesystem\n${row}\n`), ['/']), { message: /df printed/ })
})
