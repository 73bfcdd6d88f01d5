import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'

const root = resolve(import.meta.dirname, '..')
const execute = promisify(execFile)

test('another repository uses the packed tarball: a playbook and a task of its own compile and run', async t => {
  t.timeout(300_000)
  const folder = await mkdtemp(join(tmpdir(), 'baton-example-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const here = (program: string, ...args: string[]) =>
    execute(program, args, { cwd: folder, env: { ...process.env, NO_COLOR: '1' } })

  const packed = await execute('npm', ['run', '--silent', 'package'], { cwd: root })
  const tarball = join(root, packed.stdout.trim())
  await cp(join(root, 'test/example'), folder, { recursive: true })
  await cp(join(root, '.npmrc'), join(folder, '.npmrc'))
  const { devDependencies, dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >
  const versions = { ...dependencies, ...devDependencies }
  const own = ['zod', 'tsx', 'typescript', '@types/node'].map(name => `${name}@${versions[name]}`)
  await here('npm', 'install', '--prefer-offline', tarball, ...own)

  // Its own compiler settings, which know nothing of Baton's sources.
  await t.notThrowsAsync(here('npx', 'tsc'), 'the types of the package')
  const run = (...args: string[]) =>
    here('npx', 'tsx', 'run', 'playbooks/site.ts', '-i', 'here', '-e', `folder=${folder}/out`, ...args)
  const first = await run('--report', 'report.html')
  t.regex(first.stdout, /done, 2 changed/)
  t.is(await readFile(join(folder, 'out/greeting'), 'utf8'), 'hello from here\n')
  t.regex(await readFile(join(folder, 'report.html'), 'utf8'), /^<!doctype html>/i)
  t.regex((await run('--expect-no-changes')).stdout, /nothing changed/)
  const wrong = await t.throwsAsync<Error & { code: number; stderr: string }>(run('-e', 'wrods=hi'))
  t.is(wrong?.code, 1)
  t.regex(wrong?.stderr ?? '', /wrods.*\n.*Did you mean words/s)
})
