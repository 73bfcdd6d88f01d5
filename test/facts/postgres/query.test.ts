import test from 'ava'
import { z } from 'zod'
import { FactError } from '../../../lib/errors.ts'
import { defineQuery } from '../../../lib/facts/postgres/query.ts'
import { identifier, sql } from '../../../lib/facts/postgres/sql.ts'
import { localRun } from '../../helpers/local-run.ts'
import { noPostgres, postgresPair } from '../../helpers/postgres-pair.ts'

const number = defineQuery<
  { readonly port: number; readonly database?: string; readonly value: string },
  z.ZodArray<z.ZodAny>
>({
  kind: 'test',
  id: q => q.value,
  query: q => sql`SELECT ${q.value}::text AS value`,
  rows: z.array(z.any()),
})
const output = (stdout: string) => ({
  code: 0,
  stdout: Buffer.from(stdout),
  stderr: Buffer.alloc(0),
  droppedBytes: 0,
  durationMs: 0,
})
const [a, b] = [
  { port: 1, value: 'a' },
  { port: 2, value: 'b' },
]
const { kind } = number(a)

test('values become literals, names identifiers', t => {
  t.is(sql`SELECT ${`o'ne\\`}, ${2}, ${identifier('a"b')}`.text, `SELECT E'o''ne\\\\', 2, "a""b"`)
  t.throws(() => sql`SELECT ${'\0'}`)
})

test('answers come in order; an error and a dead server are unavailable, not absent', t => {
  const text = '@j [{"value": "a"}]\n@.\n@x connection refused\n@.\n'
  t.deepEqual(kind.parse(output(text), [a, b]), [[{ value: 'a' }], { unavailable: 'connection refused' }])
  t.deepEqual(kind.parse(output('noise\n@e permission denied\n@.\n'), [a]), [{ unavailable: 'permission denied' }])
})

test('an answer that is missing or is no JSON is an error', t => {
  t.throws(() => kind.parse(output('@.\n'), [a]), { instanceOf: FactError })
  t.throws(() => kind.parse(output('@j {\n@.\n'), [a]), { instanceOf: FactError })
})

const why = noPostgres()
if (why) console.log(`left out, ${why}: questions to a real PostgreSQL`)
;(why ? test.skip : test)('asked for real, many in one process, read-only', async t => {
  const pair = await postgresPair()
  try {
    process.env.PGHOST = pair.directory
    const port = pair.activePort
    const questions = [`it's`, 'two\nlines \\ "x"', ':name'].map(value => ({ port, value }))
    for (const shell of ['dash', 'bash']) {
      const answers = kind.parse(
        await localRun(kind.ask([...questions, { port, value: 'x', database: 'nowhere' }]), [shell]),
        [...questions, { port, value: 'x', database: 'nowhere' }],
      )
      t.deepEqual(
        answers.slice(0, 3),
        questions.map(q => [{ value: q.value }]),
      )
      t.regex((answers[3] as { unavailable: string }).unavailable, /nowhere/)
    }
    const temporary = defineQuery<{ readonly port: number }, z.ZodArray<z.ZodAny>>({
      kind: 'write',
      id: () => '',
      query: () => sql`SELECT nextval('s')`,
      rows: z.array(z.any()),
    })({ port })
    pair.sql('active', 'CREATE SEQUENCE s')
    const [answer] = temporary.kind.parse(await localRun(temporary.kind.ask([{ port }]), ['dash']), [{ port }])
    t.regex((answer as { unavailable: string }).unavailable, /read-only transaction/)
  } finally {
    delete process.env.PGHOST
    pair.stop()
  }
})
