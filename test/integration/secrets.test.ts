/**
 * Promise 7 of DESIGN.md: no secret in any output, process list, temporary file, journal or report. A playbook uses secrets
 * of all sources in all ways and fails, at the highest verbosity, in every format; then everything that is left is searched
 * for them. It has a lab of its own. Needs root; run by test/run.ts.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { stringify } from 'yaml'
import { canary, tracesIn, tracesOf } from '../helpers/canary.ts'
import { hostVars, Lab, type LabHost, labPossible } from '../lab/lab.ts'
import { ownCheckout } from '../lab/names.ts'
import { type AgeKey, ageFile, ageKey, sopsFile, vaultFile } from '../secret/encrypt.ts'

const possible = labPossible()
if (!possible.ok) console.warn(`left out: ${possible.why}`)
const real = possible.ok ? test.serial : test.serial.skip

const checkout = await mkdtemp(join(tmpdir(), 'baton-secrets-'))
const lab = new Lab({ checkout })
const password = 'vault-passw0rd-of-the-test'
let host: LabHost
let key: AgeKey

interface Canaries {
  readonly from_age: string
  readonly from_sops: string
  readonly from_vault: string
  readonly from_env: string
}

/** New secrets in the inventory's files; what the last of them is in the environment. */
const hidden = async (): Promise<Canaries> => {
  const made = {
    from_age: canary('Age'),
    from_sops: canary('Sops'),
    from_vault: canary('Vault'),
    from_env: canary('Env'),
  }
  const folder = join(checkout, 'inventories/canaries/group_vars/all')
  await mkdir(folder, { recursive: true })
  const { from_age, from_sops, from_vault } = made
  await writeFile(join(folder, 'a.yml.age'), await ageFile(key.recipient, stringify({ from_age })))
  await writeFile(join(folder, 's.sops.json'), await sopsFile(key.recipient, { from_sops }))
  await writeFile(join(folder, 'v.yml'), vaultFile(password, stringify({ from_vault })))
  await writeFile(join(folder, 'e.yml'), 'from_env: !env CANARY_ENV\n')
  return made
}

interface Ran {
  readonly code: number
  readonly text: string
}

const baton = ({ from_env }: Canaries, ...args: string[]): Promise<Ran> =>
  new Promise(resolve => {
    const book = join(ownCheckout, 'test/fixtures/secrets/canaries.ts')
    execFile(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), join(ownCheckout, 'run.ts'), book, '-i', 'canaries', '-vvv', ...args],
      {
        cwd: checkout,
        maxBuffer: 64 * 1024 * 1024,
        env: {
          PATH: process.env.PATH,
          HOME: checkout,
          CANARY_ENV: from_env,
          BATON_AGE_KEY: key.identity,
          BATON_VAULT_PASSWORD: password,
        },
      },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, text: stdout + stderr }),
    )
  })

/** All files below a folder of this machine, by their names. */
const filesBelow = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name)
      found.set(path, await readFile(path, 'latin1'))
    }
  return found
}

/** Where programs leave something: everything on the host but /srv, where the playbook writes, and the system itself. */
const places = ['/tmp', '/var', '/run', '/dev/shm', '/etc', '/root', '/home', '/opt', '/mnt', '/media']

/** Files of the host that have a trace in them. The traces come over stdin: no argument may hold what is searched for. */
const filesWith = async (traces: readonly string[]): Promise<readonly string[]> => {
  const { stdout } = await host.exec(['grep', '-raFlsf', '-', ...places], { input: traces.join('\n') })
  return stdout.split('\n').filter(Boolean)
}

const journal = async (): Promise<string> =>
  (await host.exec(['journalctl', '--no-pager', '-a', '-o', 'verbose'])).stdout

const shell = (script: string, input?: string) => host.exec(['sh', '-c', script], input === undefined ? {} : { input })

/** Looks at all processes of the host, arguments and environment, as often as it can, until it is told to stop. */
const watching = async <T>(during: () => Promise<T>): Promise<{ readonly result: T; readonly seen: string }> => {
  await shell('rm -f /srv/stop /srv/seen')
  const watch = shell(`while [ ! -e /srv/stop ]; do
    cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'
    sleep 0.01
  done | awk '!seen[$0]++' >/srv/seen`)
  try {
    return { result: await during(), seen: await finished() }
  } finally {
    await shell('touch /srv/stop')
    await watch
  }
  async function finished(): Promise<string> {
    await shell('touch /srv/stop')
    await watch
    return (await shell('cat /srv/seen')).stdout
  }
}

const nowhere = (t: ExecutionContext, what: string, text: string, traces: readonly string[]): void => {
  const found = tracesIn(text, traces)
  const [first] = found
  const at = first === undefined ? -1 : text.indexOf(first)
  t.deepEqual(found.slice(0, 3), [], `${what}: ${text.slice(Math.max(0, at - 100), at + 60)}`)
}

test.before(async t => {
  if (!possible.ok) return
  t.timeout(300_000)
  const [made] = await lab.up(['h01'])
  host = made as LabHost
  key = await ageKey()
  await mkdir(join(checkout, 'inventories/canaries'), { recursive: true })
  await writeFile(
    join(checkout, 'inventories/canaries/hosts.yml'),
    stringify({ all: { hosts: { h01: hostVars(host.address) } } }),
  )
  await shell('mkdir -p /srv/canaries')
})

test.after.always(async () => {
  if (possible.ok) await lab.down()
  await rm(checkout, { recursive: true, force: true })
})

real('the detector finds what is planted', async t => {
  const planted = canary('Planted')
  const traces = tracesOf([planted])
  const { seen } = await watching(async () => {
    await host.exec(['sh', '-c', 'sleep 0.5; :', planted])
    await host.exec(['env', `PLANTED=${planted}`, 'sleep', '0.5'])
  })
  t.true(seen.includes(planted))
  t.regex(seen, /^PLANTED=Cnry/m)
  await shell(
    'cat >/tmp/raw; base64 -w 20 </tmp/raw >/var/tmp/base64; od -An -v -tx1 /tmp/raw | tr -d " \\n" >/run/hex',
    planted,
  )
  await shell('logger -t planted <&0', `${planted}\n`)
  t.deepEqual((await filesWith(traces)).filter(path => !path.includes('/journal/')).sort(), [
    '/run/hex',
    '/tmp/raw',
    '/var/tmp/base64',
  ])
  t.true(tracesIn(await journal(), traces).length > 0)
  await shell('rm /run/hex /tmp/raw /var/tmp/base64')
  t.true(tracesIn(encodeURIComponent(planted) + JSON.stringify(planted), traces).length > 0)
  t.deepEqual(tracesIn('nothing of it', traces), [])
})

real('no secret is left anywhere, whatever a playbook does with it and in whatever format it is reported', async t => {
  t.timeout(300_000)
  const first = await hidden()
  const formats = [
    ['--check', '-o', 'plain'],
    ['-o', 'pretty', '--report', 'report.html', '--junit', 'report.xml'],
    ['-o', 'plain'],
    ['-o', 'json'],
    ['-o', 'github'],
  ]
  const said: (readonly [string, string])[] = []
  const used: Canaries[] = []
  const { seen } = await watching(async () => {
    for (const args of formats) {
      // New secrets for each: those of the run before stand in the diff, and no Secret of this run knows them.
      const canaries = used.length === 0 ? first : await hidden()
      used.push(canaries)
      const { code, text } = await baton(canaries, ...args)
      said.push([args.join(' '), text])
      t.is(code, args[0] === '--check' ? 0 : 2, text)
      if (args[0] === '--check') continue
      t.true(text.includes('[secret]'), text)
      const settings = (await shell('cat /srv/canaries/settings.ini /srv/canaries/stdin')).stdout
      for (const value of Object.values(canaries)) t.is(settings.split(value).length, 3, `it was delivered; ${text}`)
    }
  })
  const traces = tracesOf(used.flatMap(canaries => Object.values(canaries)))
  const keys = [key.identity, password]

  for (const [what, text] of said) nowhere(t, what, text, [...traces, ...keys])
  for (const [path, text] of await filesBelow(checkout)) nowhere(t, path, text, [...traces, ...keys])
  nowhere(t, 'processes', seen, [...traces, ...keys])
  nowhere(t, 'journal of the host', await journal(), [...traces, ...keys])
  t.deepEqual(await filesWith([...traces, ...keys]), [])
  t.true(seen.includes('sleep'), 'processes of the run were seen')
})

real('a wrong key is said before the host is touched', async t => {
  const canaries = await hidden()
  const right = key
  key = await ageKey()
  const { code, text } = await baton(canaries, '-o', 'plain')
  key = right
  t.is(code, 1, text)
  t.regex(text, /a\.yml\.age:1:1: none of the keys opens it[\s\S]*s\.sops\.json:1:\d+: this file is for age1/)
  t.regex(text, /No host was touched/)
  nowhere(t, 'the message', text, tracesOf(Object.values(canaries)))
})
