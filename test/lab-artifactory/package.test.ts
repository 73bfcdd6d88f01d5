import { execFile } from 'node:child_process'
import { chmod, lstat, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { StandInClient } from '../lab/artifactory/client.ts'
import {
  artifactoryRecipeHash,
  installArtifactory,
  paths,
  systemYaml,
  varDirectories,
} from '../lab/artifactory/install.ts'
import { freePort, startCluster } from './support/cluster.ts'
import { freePorts } from './support/home.ts'

const run = promisify(execFile)
const cluster = await startCluster()
test.after.always(() => cluster?.destroy())
const real = cluster === undefined ? test.skip : test
if (cluster === undefined) test('PostgreSQL', t => t.pass('left out: no PostgreSQL server is installed here'))

/** A root that has the account already, so that no chroot is needed. */
async function rootFileSystem(t: ExecutionContext, uid = 1030): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'stand-in-root-'))
  t.teardown(() => rm(root, { recursive: true, force: true }))
  // Where this machine has the account, the start script changes to it, and it must get in here.
  await chmod(root, 0o755)
  await mkdir(join(root, 'etc'))
  await writeFile(join(root, 'etc/passwd'), `artifactory:x:${uid}:1030::/var/opt/jfrog/artifactory:/bin/sh\n`)
  await writeFile(join(root, 'etc/group'), 'artifactory:x:1030:\n')
  return root
}

interface Outcome {
  readonly code: number
  readonly output: string
}

/** artifactoryctl out of the installed tree, run as the user of this test. */
async function control(root: string, action: string): Promise<Outcome> {
  const env = { PATH: process.env.PATH, JFROG_HOME: join(root, paths.jfrogHome), JF_PRODUCT_VAR: join(root, paths.var) }
  try {
    const { stdout } = await run(join(root, paths.control), [action], { env })
    return { code: 0, output: stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}

/** Gives the installed tree a database and a port; the client is for that port. */
async function configured(root: string): Promise<StandInClient> {
  const port = await freePort()
  const text = systemYaml({
    nodeId: 'node1',
    ip: '127.0.0.1',
    databasePassword: cluster!.password,
    databasePort: cluster!.port,
    databaseUser: 'postgres',
    database: await cluster!.create(),
    ports: { ...freePorts, artifactory: port },
  })
  await writeFile(join(root, paths.systemYaml), text)
  return new StandInClient(`http://127.0.0.1:${port}`)
}

test('the layout is that of the package, and repeating the installation changes nothing a user edited', async t => {
  const root = await rootFileSystem(t)
  await installArtifactory(root)
  t.is(await readlink(join(root, paths.varLink)), paths.var)
  t.is(await readFile(join(root, paths.versionFile), 'utf8'), 'artifactory.product.version=7.104.5\n')
  for (const directory of varDirectories) t.true((await lstat(join(root, paths.var, directory))).isDirectory())
  t.is((await lstat(join(root, paths.control))).mode & 0o777, 0o755)
  await t.throwsAsync(lstat(join(root, paths.systemYaml)), { code: 'ENOENT' })
  await writeFile(join(root, paths.binarystore), '<mine/>')
  await installArtifactory(root, { version: '7.111.4' })
  t.is(await readFile(join(root, paths.binarystore), 'utf8'), '<mine/>')
  t.is(await readFile(join(root, paths.versionFile), 'utf8'), 'artifactory.product.version=7.111.4\n')
})

test('an account with other numbers is refused', async t => {
  const root = await rootFileSystem(t, 999)
  await t.throwsAsync(installArtifactory(root), { message: /has uid 999, not 1030/ })
})

test('the recipe hash is stable and depends on what is installed', async t => {
  const hash = await artifactoryRecipeHash()
  t.regex(hash, /^[0-9a-f]{64}$/)
  t.is(await artifactoryRecipeHash(), hash)
  t.not(await artifactoryRecipeHash({ version: '7.111.4' }), hash)
})

test('everything a person can meet says that it is a stand-in', async t => {
  const root = await rootFileSystem(t)
  await installArtifactory(root)
  for (const file of [paths.server, paths.control, paths.console, paths.unit]) {
    t.regex((await readFile(join(root, file), 'utf8')).slice(0, 200), /stand-in/i, file)
  }
  const { stdout } = await run('node', [join(root, paths.server), '--help'])
  t.regex(stdout, /STAND-IN/)
  await t.throwsAsync(run('node', [join(root, paths.server), '--bogus']), { code: 2 })
})

real('artifactoryctl starts, checks and stops the bundle, and tells a refused start', async t => {
  const root = await rootFileSystem(t)
  await installArtifactory(root)
  const client = await configured(root)
  t.is((await control(root, 'check')).code, 1)
  t.like(await control(root, 'start'), { code: 0 })
  t.teardown(() => control(root, 'stop'))
  t.is((await control(root, 'check')).code, 0)
  t.regex((await control(root, 'start')).output, /already running/)
  await client.untilHealthy()
  await client.put('libs/one', 'one')
  t.is((await client.get('libs/one')).toString(), 'one')
  t.is((await control(root, 'stop')).code, 0)
  t.is(await client.health(), undefined)
  t.is((await control(root, 'check')).code, 1)
  const log = await readFile(join(root, paths.serviceLog), 'utf8')
  t.true(log.split('\n').every(line => line === '' || line.includes('[stand-in]')))
  t.false(log.includes(cluster!.password))

  await writeFile(join(root, paths.masterKey), '00112233445566778899aabbccddeeff')
  const refused = await control(root, 'start')
  t.is(refused.code, 1)
  t.regex(refused.output, /cannot be decrypted with/)
})

test('a pid file that outlived a power cut does not stop a start, nor lets a stop kill a stranger', async t => {
  const root = await rootFileSystem(t)
  await installArtifactory(root)
  await writeFile(join(root, paths.pidFile), `${process.pid}\n`)
  t.is((await control(root, 'check')).code, 1)
  t.regex((await control(root, 'stop')).output, /is not running/)
})

real('what was acknowledged before a kill is there after the next start, and no row lacks its file', async t => {
  const root = await rootFileSystem(t)
  await installArtifactory(root)
  const client = await configured(root)
  t.teardown(() => control(root, 'stop'))
  t.is((await control(root, 'start')).code, 0)
  await client.untilHealthy()
  const acknowledged: string[] = []
  const uploader = async (name: string): Promise<void> => {
    for (let count = 0; ; count += 1) {
      await client.put(`libs/${name}/${count}`, `${name} ${count}`)
      acknowledged.push(`${name}/${count}`)
    }
  }
  const uploading = Promise.allSettled(['a', 'b', 'c'].map(uploader))
  while (acknowledged.length < 50) await new Promise(resolve => setTimeout(resolve, 5))
  process.kill(Number(await readFile(join(root, paths.pidFile), 'utf8')), 'SIGKILL')
  await uploading
  t.is((await control(root, 'start')).code, 0)
  await client.untilHealthy()
  for (const path of acknowledged) t.is((await client.get(`libs/${path}`)).toString(), path.replace('/', ' '))
  t.true((await client.consistency({ deep: true })).consistent)
})
