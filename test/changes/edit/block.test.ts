import test from 'ava'
import { ensureBlock } from '../../../lib/changes/edit/block.ts'

const markers = { begin: '# BEGIN x', end: '# END x' }
const put = (text: string, lines: readonly string[] | undefined) =>
  ensureBlock('/f', text, markers, lines, { at: 'end' })

test('is put, replaced at its place, and removed', t => {
  t.is(put('a\n', ['1', '2']), 'a\n# BEGIN x\n1\n2\n# END x\n')
  t.is(put('# BEGIN x\n1\n# END x\nb\n', ['2', '3']), '# BEGIN x\n2\n3\n# END x\nb\n')
  t.is(put('a\n# BEGIN x\n1\n# END x\nb', undefined), 'a\nb')
  t.is(put('a\r\n', ['1']), 'a\r\n# BEGIN x\r\n1\r\n# END x\r\n')
  t.is(put('a\n', undefined), 'a\n')
})

for (const text of [
  '# BEGIN x\nmine\n',
  'mine\n# END x\n',
  '# END x\n# BEGIN x\n',
  '# BEGIN x\n# END x\n# BEGIN x\n# END x\n',
])
  test(`is refused: ${JSON.stringify(text)}`, t => {
    t.throws(() => put(text, ['1']), { name: 'Refusal' })
    t.throws(() => put(text, undefined), { name: 'Refusal' })
  })
