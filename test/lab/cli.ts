import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { defaultHosts, Lab, LabError } from './lab.ts'
import { systemEnvironment } from './machine/path.ts'

const usage = `npm run lab -- up [HOST...]              make and boot hosts (default: ${defaultHosts.join(' ')})
npm run lab -- down                      remove the lab, everything of it
npm run lab -- down HOST...              remove these hosts only
npm run lab -- status                    what is there
npm run lab -- reset HOST...             a fresh disk for these hosts
npm run lab -- ssh HOST [COMMAND...]     log in as admin, or as USER@HOST`

const lab = new Lab({ progress: line => console.error(`lab: ${line}`) })

async function main([command, ...rest]: string[]): Promise<number> {
  switch (command) {
    case 'up':
      await lab.up(rest.length > 0 ? rest : defaultHosts)
      return status()
    case 'down':
      if (rest.length > 0) {
        await lab.remove(rest)
        return status()
      }
      await lab.down()
      console.log('the lab is down')
      return 0
    case 'status':
      return status()
    case 'reset':
      for (const name of rest) await lab.reset(name)
      return status()
    case 'ssh':
      return ssh(rest)
    default:
      console.error(usage)
      return 1
  }
}

async function status(): Promise<number> {
  const state = await lab.state()
  if (state === undefined) {
    console.log('the lab is down')
    return 0
  }
  console.log(`lab ${state.id}, ${state.network}, this machine is ${state.gateway}`)
  for (const host of await lab.hosts())
    console.log(`${host.name.padEnd(12)} ${host.address.padEnd(16)} ${host.status()}`)
  return 0
}

/** OpenSSH with the lab's key and its pinned host keys, and nothing of the user's own configuration. */
async function ssh([target, ...command]: string[]): Promise<number> {
  const [, user = 'admin', name = ''] = /^(?:([^@]+)@)?(.*)$/.exec(target ?? '') ?? []
  const state = await lab.state()
  const address = state?.hosts[name]
  if (address === undefined) throw new LabError(`the lab has no host "${name}"`, 'npm run lab -- up')
  const files = join(lab.names.checkout, '.lab')
  const options = [
    'IdentitiesOnly=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${join(files, 'known_hosts')}`,
    'GlobalKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
  ].flatMap(option => ['-o', option])
  const argv = ['-F', 'none', '-i', join(files, 'id_ed25519'), ...options, '-l', user, '--', address, ...command]
  const child = spawn('ssh', argv, { stdio: 'inherit', env: systemEnvironment() })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', code => resolve(code ?? 255))
  })
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof LabError)) throw error
  console.error(`lab: ${error.message}`)
  process.exitCode = 1
}
