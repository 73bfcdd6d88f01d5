import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { main } from '../../lib/cli/main.ts'
import { fakeTerminal } from '../cli/terminal.ts'
import { canary, tracesIn, tracesOf } from '../helpers/canary.ts'
import { project } from '../inventory/project.ts'

const root = resolve(import.meta.dirname, '../..')

const playbook = (at: string): string => `import { play, playbook } from '${root}/lib/dsl/index.ts'
import { command } from '${root}/lib/tasks/command.ts'
import { file } from '${root}/lib/tasks/file.ts'
import { runCommand } from '${root}/lib/tasks/run-command.ts'
import { Secret } from '${root}/lib/secret.ts'
import { z } from 'zod'
import { text } from './text.ts'
export default playbook({
  name: 'Demo <b>*bold*</b>',
  groups: ['web'],
  vars: z.object({
    text: z.string().default(text),
    password: z.string().transform(value => new Secret(value)).optional(),
  }),
  plays: _ => [
    play('One', { hosts: 'web' }, ({ vars }) => [
      file({ path: '${at}/one', content: vars.text, mode: '0644', notify: runCommand({ argv: ['touch', '${at}/handled'] }) }),
      ...(vars.password ? [file({ path: '${at}/secret', content: vars.password, mode: '0600' })] : []),
      command({ argv: ['sh', '-c', 'test -e ${at}/allowed && echo run >>${at}/ran'], creates: '${at}/ran' }),
      file({ path: '${at}/two', content: 'two\\n' }),
    ]),
  ],
})
`

const demo = async (t: ExecutionContext, vars = '') => {
  const cwd = await project(t, {
    'package.json': '{"type":"module"}',
    'inventories/lab.yml': `web:\n  hosts: {a: {ansible_connection: local}}\n  vars: {${vars}}\n`,
    'playbooks/text.ts': "export const text = 'one\\n'\n",
    'playbooks/demo.ts': '',
  })
  const at = join(cwd, 'host')
  mkdirSync(at)
  writeFileSync(join(cwd, 'playbooks/demo.ts'), playbook(at))
  symlinkSync(join(root, 'node_modules'), join(cwd, 'node_modules'))
  return {
    cwd,
    at,
    files: () => readdirSync(at).sort(),
    baton: async (args: string, env: Readonly<Record<string, string>> = {}) => {
      const fake = fakeTerminal(cwd, { BATON_STATE_DIR: process.env.BATON_STATE_DIR!, ...env })
      const argv = ['playbooks/demo.ts', '-i', 'lab', '-o', 'plain', ...args.split(' ')]
      const code = await main(argv, fake.terminal)
      return { code, text: fake.out() + fake.err() }
    },
  }
}

test.serial('saved, edited, applied; and what of the command line it keeps', async t => {
  const { cwd, at, files, baton } = await demo(t)
  writeFileSync(join(at, 'allowed'), '')
  const check = await baton('--check --plan p.json --expect-no-changes -e text=other')
  t.is(check.code, 3, check.text)
  t.deepEqual(files(), ['allowed'])
  const saved = readFileSync(join(cwd, 'p.json'), 'utf8')
  t.deepEqual(JSON.parse(saved).plan.extraVars, ['text=other'])
  t.deepEqual(
    JSON.parse(saved)
      .plan.sources.map(({ file }: { file: string }) => file)
      .filter((f: string) => !f.startsWith('..')),
    ['playbooks/demo.ts', 'playbooks/text.ts'],
  )

  writeFileSync(join(cwd, 'p.json'), saved.replace('text=other', 'text=again'))
  const edited = await baton('--apply p.json')
  t.is(edited.code, 5)
  t.regex(edited.text, /p\.json is not the plan that was saved: it was edited/)

  writeFileSync(join(cwd, 'p.json'), saved)
  writeFileSync(join(cwd, 'playbooks/text.ts'), "export const text = 'one\\n' \n")
  const source = await baton('--apply p.json')
  t.is(source.code, 5, source.text)
  t.regex(source.text, /playbooks\/text\.ts: it was edited/)
  writeFileSync(join(cwd, 'playbooks/text.ts'), "export const text = 'one\\n'\n")

  t.regex((await baton('--apply p.json', { BATON_PLAN_KEY: 'k' })).text, /is not sealed with a key/)
  t.deepEqual(files(), ['allowed'])
  const run = await baton('--apply p.json')
  t.is(run.code, 0, run.text)
  t.deepEqual(files(), ['allowed', 'handled', 'one', 'ran', 'two'])
  t.is(readFileSync(join(at, 'one'), 'utf8'), 'other')
})

test.serial('another inventory: refused by name; a check that went badly saves nothing', async t => {
  const { cwd, at, baton } = await demo(t, 'text: then')
  t.is((await baton('--check --plan p.json')).code, 0)
  writeFileSync(join(cwd, 'inventories/lab.yml'), 'web:\n  hosts: {a: {ansible_connection: local, text: now}}\n')
  const other = await baton('--apply p.json')
  t.is(other.code, 5)
  t.regex(other.text, /host a: its vars, groups or address are not what they were/)
  mkdirSync(join(at, 'one'))
  const bad = await baton('--check --plan bad.json')
  t.is(bad.code, 5, bad.text)
  t.regex(bad.text, /No plan was saved: bad\.json is written only by a check that went well/)
  t.false(existsSync(join(cwd, 'bad.json')))
  t.is((await baton('--check --plan nowhere/p.json')).code, 1)
  const device = await baton('--check --plan /dev/null')
  t.is(device.code, 1)
  t.regex(device.text, /--plan \/dev\/null: it is no file/)
})

test.serial('a run that keeps to a plan, resumed: keeps to the very same', async t => {
  const { cwd, at, files, baton } = await demo(t)
  t.is((await baton('--check --plan p.json')).code, 0)
  const first = await baton('--apply p.json')
  t.is(first.code, 2, first.text)
  t.deepEqual(files(), ['one'])
  t.regex(first.text, /to go on from here: tsx run playbooks\/demo\.ts -i lab -o plain --resume/)

  const saved = readFileSync(join(cwd, 'p.json'), 'utf8')
  t.is((await baton('--check --plan p.json')).code, 0)
  const another = await baton('--resume')
  t.is(another.code, 5, another.text)
  t.regex(another.text, /p\.json is not the plan that the run was begun with/)
  writeFileSync(join(cwd, 'p.json'), saved)

  // The plan announced that it would be written; behind its back it is there, and another one.
  writeFileSync(join(at, 'two'), 'foreign\n')
  const foreign = await baton('--resume')
  t.is(foreign.code, 2, foreign.text)
  writeFileSync(join(at, 'allowed'), '')
  const rest = await baton('--resume')
  t.is(rest.code, 0, rest.text)
  t.deepEqual(files(), ['allowed', 'handled', 'one', 'ran', 'two'])
  t.is((await baton('--resume')).code, 1)
})

test.serial('no secret stands in a plan or in its Markdown', async t => {
  const password = canary('plan')
  const { cwd, baton } = await demo(t, `password: ${JSON.stringify(password)}`)
  const check = await baton('--check --plan p.json')
  t.is(check.code, 0, check.text)
  const traces = tracesOf([password])
  for (const name of ['p.json', 'p.json.md'])
    t.deepEqual(tracesIn(readFileSync(join(cwd, name), 'utf8'), traces), [], name)
  t.true(readFileSync(join(cwd, 'p.json'), 'utf8').includes('/secret'))
  const { baton: other, cwd: there } = await demo(t, 'password: Tr0ub4dor-and-3')
  for (const given of ['password=hunter22', 'text=Tr0ub4dor-and-3', "text={'api_token':hunter22}"]) {
    const { code, text } = await other(`--check --plan q.json -e ${given}`)
    t.is(code, 1, given)
    // A mapping is not what the var takes, and that is said first.
    t.regex(text, given.includes('{') ? /must be text/ : /would stand in the plan/, given)
  }
  t.false(existsSync(join(there, 'q.json')))
})

test.serial(
  'its Markdown is for review: by play and hosts, changes with diffs, what is unknown with its reason',
  async t => {
    const { cwd, baton } = await demo(t)
    await baton('--check --plan p.json')
    const text = readFileSync(join(cwd, 'p.json.md'), 'utf8')
    t.regex(text, /^# Plan: Demo &#60;b&#62;&#42;bold&#42;&#60;\/b&#62;\n/)
    t.regex(text, /\*\*3 tasks would change something\*\*|\*\*\d tasks? would change something\*\*/)
    t.regex(text, /## One\n\n\*\*on a\*\*\n\n<details><summary><b>file /)
    t.regex(text, /```diff\n# write [^\n]+\n[\s\S]*\+one\n/)
    t.regex(text, /- \*unknown\*: file [^\n]+two<br>[^\n]+ is not known before /)
    t.regex(text, /```sh\ntsx run playbooks\/demo\.ts -i lab --apply p\.json\n```/)
    t.regex(text, /not sealed with a key/)
  },
)
