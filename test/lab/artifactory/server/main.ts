/** The process: `node stand-in.cjs`. Exit code 0 after a stop, 1 when it refuses to start or fails, 2 for wrong arguments. */
import { ensureDirectories, homeFrom } from './home.ts'
import { fileLog } from './log.ts'
import { optionsFrom } from './options.ts'
import { Refusal } from './refusal.ts'
import { startStandIn } from './server.ts'

const help = `Artifactory STAND-IN of Baton's lab. This is not JFrog Artifactory.
It behaves like Artifactory 7 where Baton's playbooks look: layout, keys, health, uploads, garbage collection, prune.
Home: $JFROG_HOME/artifactory (default /opt/jfrog/artifactory). It takes no arguments but --help.
`

async function main(args: readonly string[]): Promise<void> {
  if (args.length > 0) {
    const asked = args.length === 1 && args[0] === '--help'
    ;(asked ? process.stdout : process.stderr).write(help)
    process.exit(asked ? 0 : 2)
  }
  const home = homeFrom(process.env)
  await ensureDirectories(home)
  const log = fileLog(home.serviceLog, line => void process.stdout.write(line))
  let standIn: Awaited<ReturnType<typeof startStandIn>> | undefined
  let stopped = false
  const stop = (signal: string): void => {
    log.info(`${signal} received`)
    stopped = true
    if (standIn === undefined) process.exit(0)
    standIn.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error(`the stop failed: ${error instanceof Error ? error.message : String(error)}`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  try {
    standIn = await startStandIn(home, optionsFrom(process.env), log)
  } catch (error) {
    const why = error instanceof Refusal ? error.message : error instanceof Error ? error.stack : String(error)
    log.error(`start refused: ${why}`)
    process.exit(stopped ? 0 : 1)
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`Artifactory stand-in: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
})
