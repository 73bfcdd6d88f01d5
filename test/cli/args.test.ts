import test from 'ava'
import { parseOptions } from '../../lib/cli/args.ts'
import { help } from '../../lib/cli/help.ts'
import { optionList } from '../../lib/cli/options.ts'
import { verbs } from '../../lib/cli/verbs.ts'
import { said } from '../inventory/project.ts'

const usage = 'tsx run PLAYBOOK -i NAME [options]; --help says more.'
const lastRun = '--resume alone is the last run of this playbook and inventory that did not end.'
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
  ['an unknown format', [...good, '-o', 'jsn'], ['--output must be pretty, plain, json or github; got "jsn"']],
  ['twice, differently', [...good, '-l', 'a', '-l', 'b'], ['--limit is given twice']],
  ['both ways', [...good, '--diff', '--no-diff'], ['--diff and --no-diff exclude each other']],
  [
    'several at once',
    [...good, '--chek', '-f', 'x'],
    ['unknown option --chek | Did you mean --check?', '--forks must be a whole number of at least 1; got "x"'],
  ],
  [
    'a verb that comes too late',
    ['-i', 'lab', 'exec', 'all', '--', 'id'],
    ['exec must be the first word: tsx run exec -i NAME [options] PATTERN -- COMMAND...'],
  ],
  [
    'a run that would be taken for a playbook',
    [...good, '--resume', '4f1c9a2e'],
    [`--resume takes its value behind an equals sign: --resume=4f1c9a2e | ${lastRun}`],
  ],
  [
    'the same without a playbook',
    ['--resume', '4f1c9a2e', '-i', 'lab'],
    [`--resume takes its value behind an equals sign: --resume=4f1c9a2e | ${lastRun}`],
  ],
  ['an empty run', [...good, '--resume='], ['--resume needs a value: --resume=RUN']],
  [
    'a plan without a check',
    [...good, '--plan', 'p.json'],
    ['--plan needs --check: what is saved is what a check predicts'],
  ],
  [
    'apply with what the plan has',
    [...good, '--apply', 'p', '--check', '-l', 'a', '-e', 'x=1', '-t', 'x'],
    [
      '--apply and --check exclude each other: a saved plan is the check',
      '--apply and --limit exclude each other: the plan has it already',
      '--apply and --extra-vars exclude each other: the plan has it already',
      '--apply and --tags exclude each other: the plan has it already',
    ],
  ],
  [
    'apply and plan',
    [...good, '--apply', 'p', '--plan', 'q'],
    ['--apply and --plan exclude each other: a saved plan is the check'],
  ],
  [
    'resume and check',
    [...good, '--resume', '--check'],
    ['--resume and --check exclude each other: a check leaves nothing to go on with'],
  ],
  [
    'resume and apply',
    [...good, '--resume=r', '--apply', 'p'],
    ['--apply and --resume exclude each other: the resumed run knows its plan'],
  ],
  [
    'a list of what is applied',
    [...good, '--list-tasks', '--apply', 'p'],
    ['--list-tasks and --apply exclude each other: a list runs nothing'],
  ],
  ['no tag', [...good, '-t', ' ,'], ['--tags must name at least one; got [" ,"]']],
  ['no lease', [...good, '--lease-seconds', '0'], ['--lease-seconds must be a whole number of at least 1; got "0"']],
]

for (const [title, argv, says] of wrong)
  test(`wrong: ${title}`, async t => t.deepEqual(await said(t, () => parseOptions(argv)), says))

test('defaults', t => {
  t.deepEqual(parseOptions(good), {
    playbook: 'p.ts',
    inventory: ['lab'],
    extraVars: [],
    tags: [],
    skipTags: [],
    check: false,
    expectNoChanges: false,
    forks: 10,
    askBecomePass: false,
    leaseSeconds: 60,
    journal: '.baton/runs',
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

test('tags are lists with commas, given as often as one likes', t => {
  t.like(parseOptions([...good, '-t', 'a, b', '--tags=c,', '--skip-tags', 'd', '--start-at', 'file /etc/motd']), {
    tags: ['a', 'b', 'c'],
    skipTags: ['d'],
    startAt: 'file /etc/motd',
  })
})

test('--resume alone, before and behind the playbook, and with a run', t => {
  t.like(parseOptions(['--resume', ...good]), { resume: true, playbook: 'p.ts' })
  t.like(parseOptions([...good, '--resume']), { resume: true })
  t.like(parseOptions([...good, '--resume=4f1c9a2e']), { resume: '4f1c9a2e' })
  t.is(parseOptions(good).resume, undefined)
})

test('plans and reports', t => {
  t.like(parseOptions([...good, '--check', '--plan', 'p', '--junit', 'j', '--report', 'h', '--code-quality', 'q']), {
    plan: 'p',
    junit: 'j',
    report: 'h',
    codeQuality: 'q',
  })
  t.like(parseOptions([...good, '--apply', 'p', '--journal', 'j', '--lease-seconds', '5', '-o', 'github']), {
    apply: 'p',
    journal: 'j',
    leaseSeconds: 5,
    output: 'github',
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
  t.regex(help(), /--resume\[=RUN\]/)
  for (const { name } of verbs) t.regex(help(), new RegExp(`^  ${name} +\\w`, 'm'))
  for (const line of help().split('\n')) t.true(line.length <= 100, line)
})
