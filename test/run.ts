// `npm test`: everything that this machine can show, and one line that says how much that was.
import { spawn } from 'node:child_process'
import { labPossible } from './lab/lab.ts'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 }
const problems: string[] = []

/** Runs a program, shows its output as it comes, and hands it back. */
const show = (title: string, command: string, args: readonly string[]): Promise<string> => {
  console.log(`\n== ${title}`)
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      process.stdout.write(chunk)
    })
    child.on('error', reject)
    child.on('close', code => {
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

await show('types', 'npx', ['tsc', '--noEmit'])
await show('format and lint', 'npx', ['biome', 'check'])
await ava('tests that need no lab')

const lab = await labPossible()
if (lab.ok) {
  await show('lab', 'npx', ['tsx', 'test/lab/cli.ts', 'up'])
  await ava('tests on the lab', '--config', 'ava.integration.config.js')
  await show('lab down', 'npx', ['tsx', 'test/lab/cli.ts', 'down'])
} else console.log(`\n== left out: all tests on real hosts (test/integration), because ${lab.why}`)

for (const problem of problems) console.log(`\nnot good: ${problem}`)
if (problems.length > 0 && total.failed === 0) total.failed = problems.length
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = problems.length > 0 ? 1 : 0
