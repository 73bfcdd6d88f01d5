// Shows a recorded run: npx tsx test/report/replay.ts FILE [pretty|plain|json|github] [--delay MS] [--no-diff] [-v | -vv] [--color]
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Event } from '../../lib/event.ts'
import { type RenderOptions, render } from '../../lib/report/render.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    delay: { type: 'string', default: '0' },
    diff: { type: 'boolean', default: true },
    color: { type: 'boolean', default: process.stdout.isTTY ?? false },
    verbose: { type: 'boolean', short: 'v', multiple: true, default: [] },
  },
})
const [file = '', format = 'pretty'] = positionals

async function* recorded(): AsyncGenerator<Event> {
  for await (const line of createInterface({ input: createReadStream(file) })) {
    await setTimeout(Number(values.delay))
    if (line) yield JSON.parse(line) as Event
  }
}

const { exitCode } = await render(recorded(), {
  format: format as RenderOptions['format'],
  stream: process.stdout,
  diff: values.diff,
  verbosity: values.verbose.length,
  color: values.color,
})
process.exitCode = exitCode
