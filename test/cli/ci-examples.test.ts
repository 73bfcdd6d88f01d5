import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import test from 'ava'
import { parse } from 'yaml'
import { parseOptions } from '../../lib/cli/args.ts'
import { parseReport } from '../../lib/cli/report-verb.ts'

const examples = ['github.yml', 'gitlab-ci.yml'] as const

const read = (name: (typeof examples)[number]): string =>
  readFileSync(new URL(`../ci-examples/${name}`, import.meta.url), 'utf8')

/** All strings of a YAML document, with where they stand. */
const strings = (value: unknown, path: readonly string[] = []): readonly (readonly [string, string])[] => {
  if (typeof value === 'string') return [[path.join('.'), value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => strings(item, [...path, key]))
}

/** The words of a simple command, as a shell has them. */
const words = (line: string): readonly string[] =>
  (line.match(/"[^"]*"|'[^']*'|[^\s;]+|;/g) ?? []).map(word => word.replace(/^["']|["']$/g, ''))

/** What stands behind `tsx run`, up to the end of the command. */
const runs = (name: (typeof examples)[number]): readonly (readonly string[])[] =>
  strings(parse(read(name)))
    .flatMap(([, text]) => text.replaceAll('\\\n', ' ').split('\n'))
    .flatMap(line => line.split('tsx run ').slice(1))
    .map(rest => {
      const all = words(rest)
      const end = all.indexOf(';')
      return end < 0 ? all : all.slice(0, end)
    })

for (const name of examples) {
  test(`${name}: every line that runs Baton is accepted as it stands`, t => {
    const all = runs(name)
    t.true(all.length >= 2)
    for (const argv of all)
      t.notThrows(() => (argv[0] === 'report' ? parseReport(argv.slice(1)) : parseOptions(argv)), argv.join(' '))
  })

  test(`${name}: what is applied is the plan of the check, of the same playbook and inventory`, t => {
    const playbooks = runs(name).filter(argv => argv[0] !== 'report')
    const checked = playbooks.map(argv => parseOptions(argv)).find(options => options.check)
    const applied = playbooks.map(argv => parseOptions(argv)).find(options => options.apply !== undefined)
    t.is(applied?.apply, checked?.plan)
    t.is(applied?.playbook, checked?.playbook)
    t.deepEqual(applied?.inventory, checked?.inventory)
    t.false(applied?.check)
    t.true(read(name).includes(`${checked?.plan}.md`), 'the plan for people is an artefact, too')
  })

  test(`${name}: nothing asks, host keys are pinned, and all that is written is kept`, t => {
    const text = read(name)
    t.false(/ssh-keyscan|StrictHostKeyChecking|accept-new/.test(text))
    t.true(text.includes('known_hosts ~/.ssh/known_hosts'))
    const artefacts = strings(parse(text))
      .filter(([path]) => /artifacts|with\.path/.test(path))
      .flatMap(([, value]) => value.split('\n'))
    for (const argv of runs(name).filter(one => one[0] !== 'report')) {
      const { plan, junit, report, codeQuality, askBecomePass } = parseOptions(argv)
      t.false(askBecomePass)
      for (const file of [plan, report, codeQuality]) if (file) t.true(artefacts.includes(file), file)
      if (junit && name === 'gitlab-ci.yml') t.true(artefacts.includes(junit), junit)
    }
  })
}

test('actions are pinned to a commit', t => {
  const used = strings(parse(read('github.yml'))).filter(([path]) => path.endsWith('.uses'))
  t.true(used.length > 3)
  for (const [, action] of used) t.regex(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
})

test('no step writes an expression of GitHub into a script, where a title of a pull request would be run', t => {
  for (const [path, text] of strings(parse(read('github.yml'))))
    if (path.endsWith('.run')) t.false(text.includes('${{'), path)
})

for (const name of examples)
  test(`${name}: its scripts are scripts`, t => {
    const scripts = strings(parse(read(name))).filter(([path]) => /\.run$|script\.\d+$/.test(path))
    t.true(scripts.length > 5)
    for (const [path, text] of scripts) {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })
      t.is(status, 0, `${path}: ${stderr}`)
    }
  })
