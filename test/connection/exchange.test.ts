import test from 'ava'
import { sh } from '../../lib/command.ts'
import { Exchange } from '../../lib/connection/exchange.ts'

const nonce = 'baton-0123456789abcdef'

/** An exchange of so many commands, and what it made of what both streams said. */
const exchange = (count: number) => {
  const seen: string[] = []
  const commands = Array.from({ length: count }, () => ({ script: sh`:` }))
  const one = new Exchange(nonce, commands, {
    begin: index => seen.push(`begin ${index}`),
    output: (index, stream, chunk) => seen.push(`${stream} ${index} ${chunk}`),
    end: (index, { code, stdout }) => seen.push(`end ${index} ${code} ${stdout}`),
    done: () => seen.push('done'),
    noise: chunk => seen.push(`noise ${chunk}`),
  })
  const says = (...marks: readonly string[]): void => {
    for (const stream of ['stdout', 'stderr'] as const)
      one.read(stream, Buffer.from(marks.map(mark => `${nonce} ${mark}\n`).join('')))
  }
  return { one, says, seen }
}

test('commands begin and end in their order', t => {
  const { says, seen } = exchange(2)
  says('b 0 7', 'e 0 3', 'b 1 7', 'e 1 0', 'z 0 0')
  t.deepEqual(seen, ['begin 0', 'begin 1', 'end 0 3 ', 'end 1 0 ', 'done'])
})

for (const [title, ...marks] of [
  ['an end without a beginning', 'e 0 0'],
  ['the end of another command', 'b 0 7', 'e 1 0'],
  ['a command that there is not', 'b 0 7', 'e 0 0', 'b 1 7', 'e 1 0'],
  ['a second end', 'b 0 7', 'e 0 0', 'e 0 0', 'e 0 0'],
  ['a second beginning', 'b 0 7', 'b 0 7', 'e 0 0'],
  ['the end of all, twice on one stream', 'z 0 0', 'z 0 0'],
] as const)
  test(`${title} is nothing that the shell has said`, t => {
    const { says, seen } = exchange(1)
    says(...marks)
    t.true(seen.filter(line => line.startsWith('begin')).length <= 1)
    t.true(seen.filter(line => line.startsWith('end')).length <= 1)
    t.is(seen.includes('end 0 0 '), title.startsWith('a '))
    t.false(seen.some(line => / 1 /.test(line)))
    t.true(seen.filter(line => line === 'done').length <= 1)
  })

test('one stream that is done twice is not both', t => {
  const { one, seen } = exchange(1)
  one.read('stdout', Buffer.from(`${nonce} z 0 0\n${nonce} z 0 0\n`))
  t.deepEqual(seen, [])
})
