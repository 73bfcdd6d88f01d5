import { spawnSync } from 'node:child_process'
import test, { type ExecutionContext } from 'ava'
import { completionVerb } from '../../lib/cli/completion-verb.ts'
import { optionList } from '../../lib/cli/options.ts'
import { verbs } from '../../lib/cli/verbs.ts'
import { project } from '../inventory/project.ts'
import { fakeTerminal } from './terminal.ts'

const completion = async (...argv: readonly string[]) => {
  const fake = fakeTerminal('/')
  const code = await completionVerb(argv, fake.terminal)
  return { code, out: fake.out(), err: fake.err() }
}

const files = {
  'inventories/lab.yml': '',
  'inventories/prod/hosts.yml': '',
  'inventories/group_vars/all.yml': '',
  'playbooks/standby.ts': '',
  'playbooks/standby.vars.ts': '',
  'playbooks/ping.ts': '',
  'plan.json': '',
}

const output = async (t: ExecutionContext, program: string, args: readonly string[], script: string) => {
  const cwd = await project(t, { ...files, [`completion.${program}`]: script })
  const env = { ...process.env, HOME: cwd }
  const { stdout, stderr, status } = spawnSync(program, args, { cwd, encoding: 'utf8', env })
  t.is(status, 0, stderr)
  return stdout
}

/** What a shell offers for the last word of each line. One process does them all: shells are slow to start. */
type Completer = (t: ExecutionContext, lines: readonly string[]) => Promise<readonly (readonly string[])[]>

const sorted = (stdout: string): readonly (readonly string[])[] =>
  stdout
    .split('=====\n')
    .slice(0, -1)
    .map(text =>
      text
        .split('\n')
        .map(line => line.split('\t')[0] ?? '')
        .filter(Boolean)
        .sort(),
    )

const inBash: Completer = async (t, lines) => {
  // As bash itself cuts a line: = and : are words of their own.
  const words = lines.map(line => line.split(' ').flatMap(word => word.split(/(?<=[=:])|(?=[=:])/)))
  const harness = `source ./completion.bash
    for line; do
      IFS='|' read -r -a COMP_WORDS <<<"$line"
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _baton
      printf '%s\\n' "\${COMPREPLY[@]}"
      echo =====
    done`
  const args = words.map(list => `${list.join('|')}${list.at(-1) === '' ? '|' : ''}`)
  return sorted(await output(t, 'bash', ['-c', harness, 'bash', ...args], (await completion('bash')).out))
}

const inFish: Completer = async (t, lines) => {
  const harness = 'source ./completion.fish; for line in $argv; complete -C $line; echo =====; end'
  const script = (await completion('fish')).out
  return sorted(await output(t, 'fish', ['--no-config', '-c', harness, ...lines], script))
}

/** zsh completes on a terminal only: it gets one, with a key that prints what the line has become. */
const inZsh = async (t: ExecutionContext, lines: readonly string[]): Promise<readonly string[]> => {
  const harness = `zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell 'unset zle_bracketed_paste; autoload -U compinit; compinit -u -D; source ./completion.zsh; PS1='
    zpty -w shell 'tell() { print -r -- "<<$BUFFER>>"; BUFFER= }; zle -N tell; bindkey "^X^P" tell; print rea''dy'
    zpty -r -m shell said '*ready*'
    for line; do
      zpty -w -n shell "$line"$'\\t\\C-x\\C-p'
      zpty -r -m shell said '*<<*>>*'
      print -r -- "$said"
    done
    zpty -d shell`
  const stdout = await output(t, 'zsh', ['-f', '-c', harness, 'zsh', ...lines], (await completion('zsh')).out)
  return [...stdout.matchAll(/<<(.*)>>/g)].map(([, line]) => line?.trimEnd() ?? '')
}

const has = (program: string): boolean => spawnSync(program, ['-c', 'true']).status === 0

const offered: readonly (readonly [line: string, words: readonly string[]])[] = [
  ['tsx run --exp', ['--expect-no-changes']],
  ['tsx run playbooks/ping.ts -i lab --no-', ['--no-diff']],
  ['tsx run -o ', ['github', 'json', 'plain', 'pretty']],
  ['tsx run --output=j', ['json']],
  ['tsx run p', ['playbooks/ping.ts', 'playbooks/standby.ts']],
  ['tsx run -i lab playbooks/s', ['playbooks/standby.ts']],
  ['tsx run -i ', ['lab', 'prod']],
  ['tsx run exec -i l', ['lab']],
  ['tsx run com', ['completion']],
  ['tsx run completion ', ['bash', 'fish', 'zsh']],
  ['tsx run exec --become-', ['--become-user']],
  ['tsx run exec -o ', ['json', 'plain']],
  ['tsx run facts --only cpu,mem', ['cpu,memory']],
  ['tsx run inventory --expl', ['--explain']],
  ['tsx run locks ', ['break', 'list']],
  ['tsx ./run.ts --lis', ['--list-hosts', '--list-tasks']],
  ['baton --skip', ['--skip-tags']],
]

for (const [shell, complete] of [
  ['bash', inBash],
  ['fish', inFish],
] as const)
  (has(shell) ? test : test.skip)(`${shell} offers what fits`, async t => {
    const more = ['tsx run --apply pl', 'tsx run exec -i lab all -- --exp', 'tsx other.ts --exp']
    const found = await complete(t, [...offered.map(([line]) => line), ...more])
    // Of --output=json, fish gives the whole word.
    const table = offered.map(([line], i) => [line, found[i]?.map(word => word.replace('--output=', ''))])
    t.deepEqual(
      table,
      offered.map(([line, words]) => [line, [...words]]),
    )
    const [file, behind, other] = found.slice(offered.length)
    t.true(file?.includes('plan.json'))
    for (const words of [behind, other])
      t.deepEqual(
        words?.filter(word => word.startsWith('--exp')),
        [],
      )
  })

const inserted: readonly (readonly [line: string, becomes: string])[] = [
  ['tsx run --exp', 'tsx run --expect-no-changes'],
  ['tsx run --output=j', 'tsx run --output=json'],
  ['tsx run -o g', 'tsx run -o github'],
  ['tsx run exec -i l', 'tsx run exec -i lab'],
  ['tsx run playbooks/s', 'tsx run playbooks/standby.ts'],
  ['tsx run com', 'tsx run completion'],
  ['tsx run completion f', 'tsx run completion fish'],
  ['tsx run exec --become-', 'tsx run exec --become-user='],
  ['tsx run facts --only cpu,mem', 'tsx run facts --only cpu,memory,'],
  ['baton --skip', 'baton --skip-tags='],
]

;(has('zsh') ? test : test.skip)('zsh completes the line', async t => {
  const found = await inZsh(
    t,
    inserted.map(([line]) => line),
  )
  t.deepEqual(
    inserted.map(([line], i) => [line, found[i]]),
    inserted.map(([line, becomes]) => [line, becomes]),
  )
})

test('every script has every option and every verb', async t => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await completion(shell)
    for (const { name } of optionList)
      t.true(out.includes(shell === 'fish' ? `-l ${name} ` : `--${name}`), `${shell} ${name}`)
    for (const { name } of verbs) t.regex(out, new RegExp(`\\b${name}\\b`))
  }
})

test('a shell that is not known', async t => {
  t.deepEqual(await completion('zhs'), {
    code: 1,
    out: '',
    err: 'there is no completion for zhs\n  Did you mean zsh?\n1 problem. No host was touched.\n',
  })
  t.regex((await completion()).err, /^for which shell\?\n {2}It is one of bash, zsh, fish\.\n/)
  t.regex((await completion('--help')).out, /source <\(tsx run completion bash\)/)
})
