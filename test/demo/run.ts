// `npm run demo`: the main job end to end on the lab's hosts, told as it goes.
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { styleText } from 'node:util'
import { stringify } from 'yaml'
import { StandInClient } from '../lab/artifactory/client.ts'
import { ports } from '../lab/artifactory/layout.ts'
import { Lab, LabError } from '../lab/lab.ts'

const ARTIFACTS = 40

const say = (text: string): void => console.log(`\n${styleText('bold', `-- ${text}`)}`)

/** Runs a command as a user would type it. Ends the demo where it ends with another code than 0. */
const type = (command: string): Promise<void> =>
  new Promise((done, fail) => {
    console.log(styleText('cyan', `$ npx ${command}`))
    const [program = '', ...args] = command.split(' ')
    const child = spawn(`node_modules/.bin/${program}`, args, { stdio: 'inherit' })
    child.on('error', fail)
    child.on('close', code => (code === 0 ? done() : fail(new Error(`"${command}" ended with code ${code}`))))
  })

const demo = async (): Promise<void> => {
  say(
    'The lab: two real hosts on this machine, with systemd, sshd, sudo and PostgreSQL (the first time takes a minute)',
  )
  const lab = new Lab({ progress: line => console.log(`   ${line}`) })
  const [active, standby] = await lab.up(['node1', 'node2'])
  if (!active || !standby) throw new LabError('the lab has no hosts')
  console.log(`   node1 is the active at ${active.address}, node2 becomes its standby at ${standby.address}`)

  say(`Data on the active: ${ARTIFACTS} artifacts, uploaded to Artifactory's stand-in`)
  const artifactory = new StandInClient(`http://${active.address}:${ports.artifactory}`)
  for (let i = 0; i < ARTIFACTS; i++)
    await artifactory.put(`libs-release/demo/${i}.bin`, `artifact ${i} `.repeat(1000 + i))

  say('What would change? Nothing is written, and what cannot be known beforehand is called unknown')
  await type('tsx run playbooks/standby.ts -i lab --check')

  say('Do it')
  await type('tsx run playbooks/standby.ts -i lab')

  say('Is there anything left to do? This ends with exit code 0 only if there is not')
  await type('tsx run playbooks/standby.ts -i lab --check --expect-no-changes')

  say('The recovery point that the standby can be promoted at')
  const point: unknown = JSON.parse(await standby.run(['cat', '/var/lib/baton/standby/recovery-point.json']))
  console.log(stringify(point).trim().replace(/^/gm, '   '))

  say('What was built, and how to look at it')
  console.log(`   npm run lab -- ssh node2                                  log in to the standby
   npm run lab -- ssh node2 systemctl list-timers            when the synchronisation runs next
   npm run lab -- ssh node2 sudo systemctl start artifactory-standby-sync.service
                                                             run it now
   npm run lab -- status                                     the hosts
   npm run lab -- down                                       remove it all`)
}

process.chdir(resolve(import.meta.dirname, '../..'))
try {
  await demo()
} catch (error) {
  console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
