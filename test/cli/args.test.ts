import test from 'ava'
import { parseOptions } from '../../lib/cli/args.ts'
import { help } from '../../lib/cli/help.ts'
import { optionList } from '../../lib/cli/options.ts'
import { said } from '../inventory/project.ts'

const usage = 'tsx run PLAYBOOK -i NAME [options]; --help says more.'
const good = ['p.ts', '-i', 'lab']

const wrong: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['nothing', [], [`which playbook? There is none among the arguments | ${usage}`]],
  ['no inventory', ['p.ts'], ['which inventory? -i is missing | Add -i NAME for inventories/NAME.yml, or -i PATH.']],
  ['two playbooks', [...good, 'q.ts'], [`one PLAYBOOK at a time; got p.ts q.ts | ${usage}`]],
  ['a misspelt option', [...good, '--lmit', 'x'], ['unknown option --lmit | Did you mean --limit?']],
  [
    'an unknown option',
    [...good, '--zebra', '-q'],
    ['unknown option --zebra | --help lists the options.', 'unknown option -q | --help lists the options.'],
  ],
  ['a missing value', [...good, '-l'], ['-l needs a value: -l PATTERN']],
  ['an empty value', [...good, '--limit='], ['--limit needs a value: --limit PATTERN']],
  ['an option for a value', ['p.ts', '-i', '--check'], ['-i needs a value: -i NAME']],
  ['a value for a switch', [...good, '--check=yes'], ['--check takes no value; got "yes"']],
  ['no number', [...good, '-f', 'ten'], ['--forks must be a whole number of at least 1; got "ten"']],
  ['too small a number', [...good, '--forks', '0'], ['--forks must be a whole number of at least 1; got "0"']],
  ['half a number', [...good, '--forks', '1.5'], ['--forks must be a whole number of at least 1; got "1.5"']],
  ['an unknown format', [...good, '-o', 'jsn'], ['--output must be pretty, plain or json; got "jsn"']],
  ['twice, differently', [...good, '-l', 'a', '-l', 'b'], ['--limit is given twice']],
  ['both ways', [...good, '--diff', '--no-diff'], ['--diff and --no-diff exclude each other']],
  [
    'several at once',
    [...good, '--chek', '-f', 'x'],
    ['unknown option --chek | Did you mean --check?', '--forks must be a whole number of at least 1; got "x"'],
  ],
  ...['--plan f', '--apply f', '--resume', '-t x', '--tags x', '--skip-tags x', '--junit f', '--report f', '--yes'].map(
    text => [text, [...good, ...text.split(' ')], [`${text.split(' ')[0]} is not there yet`]] as const,
  ),
  ['exec', ['exec', '-i', 'lab', 'all', '--', 'id'], ['exec is not there yet']],
  ['inventory', ['inventory', '-i', 'lab', '--graph'], ['inventory is not there yet']],
]

for (const [title, argv, says] of wrong)
  test(`wrong: ${title}`, async t => t.deepEqual(await said(t, () => parseOptions(argv)), says))

test('defaults', t => {
  t.deepEqual(parseOptions(good), {
    playbook: 'p.ts',
    inventory: ['lab'],
    extraVars: [],
    check: false,
    expectNoChanges: false,
    forks: 10,
    askBecomePass: false,
    diff: true,
    verbose: 0,
    listHosts: false,
    listTasks: false,
    help: false,
    version: false,
  })
})

test('everything, short and long, in any order', t => {
  const argv = [
    '-ilab',
    '-i',
    'x',
    '--limit',
    '!db1',
    '-e',
    'a=-1',
    '-e@f',
    '-f',
    '3',
    '-vv',
    '-v',
    '-K',
    '--no-diff',
    '--check',
  ]
  t.like(parseOptions([...argv, '--expect-no-changes', '-ojson', 'p.ts']), {
    playbook: 'p.ts',
    inventory: ['lab', 'x'],
    limit: '!db1',
    extraVars: ['a=-1', '@f'],
    forks: 3,
    verbose: 3,
    askBecomePass: true,
    diff: false,
    check: true,
    expectNoChanges: true,
    output: 'json',
  })
})

test('--help and --version want nothing else', t => {
  t.true(parseOptions(['--help']).help)
  t.true(parseOptions(['-h', 'p.ts']).help)
  t.true(parseOptions(['--version']).version)
})

test('--help has every option, and no line is too long', t => {
  for (const { name, about } of optionList) {
    t.regex(help(), new RegExp(`--(\\[no-\\])?${name}\\b`))
    t.true(about.length > 5)
  }
  t.true(help().includes('(10)'))
  for (const line of help().split('\n')) t.true(line.length <= 100, line)
})
