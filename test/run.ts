// `npm test`: everything that this machine can show, and one line that says how much that was.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { labPossible } from './lab/lab.ts'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 }
const problems: string[] = []

/** Runs a program and hands its output back. Shows it as it comes, or \`late\`: at its end, where several run at once. */
const show = (title: string, command: string, args: readonly string[], late = false): Promise<string> => {
  if (!late) console.log(`\n== ${title}`)
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (!late) process.stdout.write(chunk)
    })
    child.on('error', reject)
    child.on('close', code => {
      if (late) console.log(`\n== ${title}\n${output}`)
      if (code !== 0) problems.push(`${title} (exit code ${code})`)
      resolve(output)
    })
  })
}

/** One line a test: `✔` passed, `✘ [fail]:` failed, `- [skip]` left out; and what is wrong with a whole file. */
const count = (output: string): void => {
  const lines = (pattern: RegExp) => [...output.matchAll(pattern)].length
  total.passed += lines(/^\s*✔ /gm)
  total.failed += lines(/^\s*✘ /gm)
  total.skipped += lines(/^\s*- \[(?:skip|todo)\]/gm)
}

const ava = async (title: string, ...args: string[]): Promise<void> => count(await show(title, 'npx', ['ava', ...args]))

const folder = 'test/integration'

/** Two at a time: they mostly wait for hosts. Those on the common lab go one after the other; the others have their own. */
const onLabs = async (): Promise<void> => {
  const files = readdirSync(folder).filter(name => name.endsWith('.test.ts'))
  const own = files.filter(name => readFileSync(join(folder, name), 'utf8').includes('new Lab({ checkout'))
  // The longest first, so that none of them is left to be waited for at the end.
  const slow = ['standby.test.ts', 'rolling.test.ts', 'plan.test.ts']
  const rank = (name: string): number => (slow.includes(name) ? slow.indexOf(name) : slow.length)
  const jobs = [
    ...own.toSorted((a, b) => rank(a) - rank(b)).map(name => ({ title: `a lab of its own: ${name}`, names: [name] })),
  ]
  jobs.splice(1, 0, { title: 'the common lab', names: files.filter(name => !own.includes(name)) })
  const worker = async (): Promise<void> => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const paths = job.names.map(name => join(folder, name))
      count(await show(job.title, 'npx', ['ava', '--config', 'ava.integration.config.js', ...paths], true))
    }
  }
  console.log('\n== tests on the lab, two files at a time, each shown when it is done')
  await Promise.all([worker(), worker()])
}

await show('types', 'npx', ['tsc', '--noEmit'])
await show('format and lint', 'npx', ['biome', 'check'])
await ava('tests that need no lab')

const lab = await labPossible()
if (lab.ok) {
  await show('lab', 'npx', ['tsx', 'test/lab/cli.ts', 'up'])
  await onLabs()
  await show('lab down', 'npx', ['tsx', 'test/lab/cli.ts', 'down'])
} else console.log(`\n== left out: all tests on real hosts (test/integration), because ${lab.why}`)

for (const problem of problems) console.log(`\nnot good: ${problem}`)
if (problems.length > 0 && total.failed === 0) total.failed = problems.length
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = problems.length > 0 ? 1 : 0
