// So that `tsx run playbooks/x.ts -i NAME` works.
import { crashed } from './lib/cli/crashed.ts'
import { main } from './lib/cli/main.ts'
import { EXIT } from './lib/errors.ts'

process.on('uncaughtException', error => process.exit(crashed(error, process.stderr, EXIT.unreachable)))
process.exitCode = await main(process.argv.slice(2), process)
