import { EXIT, UsageError } from '../errors.ts'
import { suggest } from '../inventory/near.ts'
import { bash } from './completion/bash.ts'
import { fish } from './completion/fish.ts'
import { zsh } from './completion/zsh.ts'
import { verbHelp } from './help.ts'
import type { Terminal } from './terminal.ts'
import { verbFlow } from './verb-flow.ts'
import { shells } from './verbs.ts'

const scripts = { bash, zsh, fish }

const MORE = `bash  in ~/.bashrc: source <(tsx run completion bash)
zsh   in ~/.zshrc, behind compinit: source <(tsx run completion zsh)
fish  tsx run completion fish > ~/.config/fish/completions/tsx.fish

It completes what stands behind tsx run, in the folder that has playbooks/ and inventories/.`

/** `completion`: the script that makes a shell complete Baton's command line. Resolves to the exit code. */
export const completionVerb = (argv: readonly string[], terminal: Terminal): Promise<number> =>
  verbFlow(terminal, async () => {
    const [given, ...more] = argv
    const shell = shells.find(name => name === given)
    if (given === '--help' || given === '-h') terminal.stdout.write(`${verbHelp('completion', [MORE])}\n`)
    else if (!shell || more.length > 0)
      throw new UsageError([
        {
          message: given === undefined ? 'for which shell?' : `there is no completion for ${argv.join(' ')}`,
          ...(given === undefined ? { hint: `It is one of ${shells.join(', ')}.` } : suggest(given, shells)),
        },
      ])
    else terminal.stdout.write(scripts[shell]())
    return EXIT.done
  })
