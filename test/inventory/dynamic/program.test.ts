import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { z } from 'zod'
import { hostsFor } from '../../../lib/inventory/hosts-for.ts'
import { loadInventory } from '../../../lib/inventory/load.ts'
import { plain } from '../../../lib/inventory/traced.ts'
import { project, said } from '../project.ts'

/** A project with one program, inventories/cloud. */
const withProgram = async (t: ExecutionContext, script: string, mode = 0o755): Promise<string> => {
  const cwd = await project(t, { 'inventories/cloud': `#!/bin/sh\n${script}\n` })
  await chmod(join(cwd, 'inventories/cloud'), mode)
  return cwd
}

const until = async (done: () => Promise<boolean>): Promise<void> => {
  while (!(await done())) await new Promise(later => setTimeout(later, 20))
}

const list = (json: unknown): string => `cat <<'JSON'\n${JSON.stringify(json)}\nJSON`

interface Wrong {
  readonly title: string
  readonly script: string
  readonly mode?: number
  readonly timeoutMs?: number
  readonly says: readonly string[]
}

const wrong: readonly Wrong[] = [
  {
    title: 'an exit code, with what it said',
    script: 'echo "asking the cloud" >&2; echo "no credentials" >&2; exit 3',
    says: ['inventories/cloud --list ended with exit code 3. It said: asking the cloud / no credentials'],
  },
  { title: 'a signal', script: 'kill -TERM $$', says: ['inventories/cloud --list ended with signal SIGTERM'] },
  {
    title: 'no end, and a child that holds its output open',
    script: 'echo waiting >&2; sleep 1000 & sleep 1000',
    timeoutMs: 3000,
    says: ['inventories/cloud --list was still running after 3 s and was ended. It said: waiting'],
  },
  {
    title: 'no JSON',
    script: 'echo "{"',
    says: ['inventories/cloud --list: what it printed is not JSON, at character 3'],
  },
  {
    title: 'no JSON, and nothing of it is shown',
    script: 'echo hunter2',
    says: ['inventories/cloud --list: what it printed is not JSON'],
  },
  { title: 'nothing', script: ':', says: ['inventories/cloud --list: it printed nothing'] },
  { title: 'a list', script: 'echo []', says: ['inventories/cloud --list: expected an object of groups'] },
  {
    title: 'a number that would be rounded',
    script: list({ web: { hosts: ['a'], vars: { ok: '12345678901234567890' } } }).replace(
      '"ok"',
      '"id":12345678901234567890,"ok"',
    ),
    says: [
      'inventories/cloud --list: the whole number 12345678901234567890 is past 2^53 and would be rounded | Print it as text, in quotes.',
    ],
  },
  {
    title: 'everything that is wrong with the groups',
    script: list({
      'we b': ['a'],
      web: { hosts: 'a', var: {} },
      db: { hosts: ['a', 5, 'b c'], children: ['all', 'x/y'], vars: [] },
      _meta: { hostvars: { a: [] } },
    }),
    says: [
      'inventories/cloud --list: we b: "we b" cannot be the name of a group; expected letters, digits, and . _ -',
      'inventories/cloud --list: web.var: the group web has an unknown key var; expected hosts, vars or children | Did you mean vars?',
      'inventories/cloud --list: web.hosts: hosts of the group web must be a list of names',
      'inventories/cloud --list: db.vars: vars of the group db must be a mapping, not a list | Write NAME: on each line instead of - NAME.',
      'inventories/cloud --list: db.children[0]: the group all cannot be below another group',
      'inventories/cloud --list: db.children[1]: "x/y" cannot be the name of a group; expected letters, digits, and . _ -',
      'inventories/cloud --list: db.hosts[1]: hosts of the group db must be names, as text',
      'inventories/cloud --list: db.hosts[2]: "b c" cannot be the name of a host; expected letters, digits, and . _ -',
      'inventories/cloud --list: _meta.hostvars.a: vars of the host a must be a mapping, not a list | Write NAME: on each line instead of - NAME.',
    ],
  },
  {
    title: 'one host that cannot be had',
    script: `case $1 in --list) echo '{"web": ["a"]}' ;; *) echo "no $2" >&2; exit 1 ;; esac`,
    says: ['inventories/cloud --host a ended with exit code 1. It said: no a'],
  },
  {
    title: 'may not be run',
    script: ':',
    mode: 0o644,
    says: ['inventories/cloud: a program that you may not run | chmod +x inventories/cloud'],
  },
]

for (const { title, script, mode, timeoutMs, says } of wrong)
  test(`wrong: ${title}`, async t => {
    const cwd = await withProgram(t, script, mode)
    t.deepEqual(await said(t, () => loadInventory(['cloud'], { cwd, ...(timeoutMs && { timeoutMs }) })), says)
  })

test('no interpreter', async t => {
  const cwd = await project(t, { cloud: '#!/nowhere/python\n' })
  await chmod(join(cwd, 'cloud'), 0o755)
  t.deepEqual(await said(t, () => loadInventory(['./cloud'], { cwd })), [
    'cloud --list cannot be run: is there a program for its #! line?',
  ])
})

test('what anybody can change is not run: the file, a folder above it, what a link leads to', async t => {
  const script = 'touch ran; echo "{}"'
  const file = await withProgram(t, script, 0o757)
  t.deepEqual(await said(t, () => loadInventory(['cloud'], { cwd: file })), [
    'inventories/cloud: anybody on this machine can change it; it is not run | ' +
      `chmod o-w ${join(file, 'inventories/cloud')}`,
  ])
  await t.throwsAsync(chmod(join(file, 'ran'), 0o600), { code: 'ENOENT' })

  const folder = await withProgram(t, script)
  await chmod(join(folder, 'inventories'), 0o777)
  t.regex((await said(t, () => loadInventory(['cloud'], { cwd: folder })))[0]!, /because of the folder .*inventories/)

  const linked = await withProgram(t, script, 0o757)
  await mkdir(join(linked, 'links'))
  await symlink('../inventories/cloud', join(linked, 'links/cloud'))
  t.regex((await said(t, () => loadInventory(['links/cloud'], { cwd: linked })))[0]!, /anybody .* can change it/)

  const behind = await withProgram(t, script)
  await mkdir(join(behind, 'links'))
  await symlink('../inventories/cloud', join(behind, 'links/cloud'))
  await chmod(join(behind, 'inventories'), 0o777)
  t.regex((await said(t, () => loadInventory(['links/cloud'], { cwd: behind })))[0]!, /folder .*inventories/)

  const sticky = await withProgram(t, list({ web: ['a'], _meta: { hostvars: {} } }))
  await chmod(join(sticky, 'inventories'), 0o1777)
  t.is((await loadInventory(['cloud'], { cwd: sticky })).hosts.size, 1)
})

test('a file that has only the right to be run is not handed to a shell', async t => {
  const cwd = await project(t, { hosts: 'a\ntouch=ran\n' })
  await chmod(join(cwd, 'hosts'), 0o755)
  t.deepEqual(await said(t, () => loadInventory(['./hosts'], { cwd })), [
    'hosts:2:1: expected the name of a host, got touch= | A host line starts with the name of a host. Vars of a group stand below [GROUP:vars].',
  ])
})

test('a wrong var is named with the program and the way to it', async t => {
  const cwd = await withProgram(
    t,
    list({ web: { hosts: ['a'], vars: { port: 'x' } }, _meta: { hostvars: { a: { list: [1, 'two'] } } } }),
  )
  const inventory = await loadInventory(['cloud'], { cwd })
  const vars = z.strictObject({ port: z.number(), list: z.array(z.number()) })
  t.deepEqual(await said(t, () => hostsFor(inventory, { name: 'p', groups: ['web'], vars })), [
    'inventories/cloud --list: web.vars.port: port must be a number; got "x" (host a)',
    'inventories/cloud --list: _meta.hostvars.a.list[1]: list[1] must be a number; got "two" (host a)',
  ])
})

test('it is told nothing on stdin, runs in the project, and a host is asked for only without _meta', async t => {
  const cwd = await withProgram(
    t,
    'case $1 in --list) read -r line; echo "{\\"web\\": [\\"$(basename "$PWD")\\"]}" ;; *) echo "{\\"who\\": \\"$2$line\\"}" ;; esac',
  )
  const { hosts } = await loadInventory(['cloud'], { cwd })
  const [host] = hosts.values()
  t.true(cwd.endsWith(`/${host!.name}`))
  t.deepEqual(
    host!.settings.map(({ name, value }) => [name, plain(value)]),
    [['who', host!.name]],
  )
})

const gone = async (pid: number): Promise<boolean> => {
  const found = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return found === '' || found.includes(') Z ')
}

test('at the deadline, and when a program has ended, nothing that it started is left', async t => {
  const endless = await withProgram(t, 'sleep 1000 & echo $! > pid; mv pid child; wait')
  await said(t, () => loadInventory(['cloud'], { cwd: endless, timeoutMs: 3000 }))
  await until(async () => gone(Number(await readFile(join(endless, 'child'), 'utf8'))))

  const careless = await withProgram(
    t,
    `sleep 1000 >/dev/null 2>&1 & echo $! > child; echo '{"web": {"hosts": ["a"]}, "_meta": {"hostvars": {}}}'`,
  )
  t.is((await loadInventory(['cloud'], { cwd: careless })).hosts.size, 1)
  await until(async () => gone(Number(await readFile(join(careless, 'child'), 'utf8'))))
})

test('told to end while a program runs, Baton ends it and then itself', async t => {
  const cwd = await withProgram(t, 'echo $$ > pid; mkfifo ready; echo > ready; sleep 1000')
  await writeFile(
    join(cwd, 'load.mts'),
    `import { loadInventory } from ${JSON.stringify(join(import.meta.dirname, '../../../lib/inventory/load.ts'))}
await loadInventory(['cloud'])
`,
  )
  const child = spawn(process.execPath, [`--import=${import.meta.resolve('tsx')}`, join(cwd, 'load.mts')], {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  await until(
    async () => child.exitCode !== null || (await stat(join(cwd, 'ready')).catch(() => undefined)) !== undefined,
  )
  t.is(child.exitCode, null)
  await readFile(join(cwd, 'ready'))
  child.kill('SIGTERM')
  t.deepEqual(await ended, [null, 'SIGTERM'])
  const pid = Number(await readFile(join(cwd, 'pid'), 'utf8'))
  await until(() => gone(pid))
  t.pass()
})
