import test from 'ava'
import { ensureFstabLine } from '../../../lib/changes/edit/fstab.ts'

const wanted = { source: 'UUID=1', at: '/srv/a b', type: 'ext4', options: ['noatime', 'nofail'], dump: 0, pass: 2 }
const line = 'UUID=1 /srv/a\\040b ext4 noatime,nofail 0 2'
const ensure = (text: string, want: typeof wanted | undefined = wanted) => ensureFstabLine('/f', text, '/srv/a b', want)

test('a line is put, made right, left alone, removed', t => {
  const others = '# /srv/a\\040b\nUUID=2\t/\text4  errors=remount-ro 0 1\n'
  t.is(ensure(others), `${others}${line}\n`)
  t.is(ensure(`${line.replace('ext4', 'xfs')}\n${others}`), `${line}\n${others}`)
  t.is(ensure(`${line.replaceAll(' ', '\t')}  \n`), `${line.replaceAll(' ', '\t')}  \n`)
  t.is(ensureFstabLine('/f', `${others}${line}\n`, '/srv/a b', undefined), others)
  t.is(
    ensureFstabLine('/f', 'a /b c', '/b', { source: 'a', at: '/b', type: 'c', options: [], dump: 0, pass: 0 }),
    'a /b c',
  )
})

test('two lines for one place are refused', t => {
  t.throws(() => ensure(`${line}\n${line}\n`), { name: 'Refusal' })
})
