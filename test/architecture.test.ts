import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import test from 'ava'

// Who may import whom. A room that is not listed may be imported by nobody.
const base = ['command', 'errors', 'event', 'secret']
const may: Readonly<Record<string, readonly string[]>> = {
  command: ['secret'],
  errors: ['command'],
  event: ['errors'],
  secret: [],
  'show-command': ['command'],
  facts: ['command', 'errors', 'secret'],
  changes: ['command', 'errors', 'event', 'secret', 'show-command', 'facts'],
  inventory: ['errors', 'secret', 'dsl'],
  dsl: ['command', 'errors', 'secret', 'facts', 'changes', 'inventory'],
  tasks: ['command', 'errors', 'secret', 'facts', 'changes', 'dsl', 'inventory', 'templates'],
  connection: ['command', 'errors', 'secret', 'show-command', 'inventory'],
  lease: [...base, 'connection'],
  job: [...base, 'connection'],
  engine: [...base, 'show-command', 'facts', 'changes', 'dsl', 'inventory', 'connection', 'lease', 'job'],
  report: [...base],
  // What they implement for the engine.
  journal: [...base, 'report', 'engine'],
  plan: [...base, 'facts', 'changes', 'dsl', 'inventory', 'engine', 'report'],
  cli: [
    ...base,
    ...['facts', 'changes', 'dsl', 'inventory', 'connection', 'lease', 'job', 'engine', 'report', 'journal', 'plan'],
  ],
  // The `sh` tag and the types of values; never a task or a fact.
  templates: ['command', 'secret'],
  playbooks: ['dsl', 'tasks', 'templates', 'playbooks'],
}

const root = resolve(import.meta.dirname, '..')
const room = (file: string): string => {
  const [top = '', second = ''] = relative(root, file).split('/')
  return (top === 'lib' ? second : top).replace(/\.ts$/, '')
}

const aliases: readonly (readonly [RegExp, string])[] = [
  [/^#dsl$/, 'lib/dsl/index.ts'],
  [/^#tasks\/(.*)$/, 'lib/tasks/$1.ts'],
  [/^#templates\/(.*)$/, 'templates/$1.ts'],
  [/^#lib\/(.*)$/, 'lib/$1.ts'],
]

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

const importsOf = (file: string): Import[] =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'/gms)].flatMap(
    match => {
      const [, typeOnly, spec = ''] = match
      const alias = aliases.find(([pattern]) => pattern.test(spec))
      const target = alias
        ? join(root, spec.replace(alias[0], alias[1]))
        : spec.startsWith('.')
          ? resolve(dirname(file), spec)
          : undefined
      return target ? [{ from: file, to: target, typeOnly: typeOnly !== undefined }] : []
    },
  )

const files = ['lib', 'playbooks', 'templates']
  .map(folder => join(root, folder))
  .filter(folder => existsSync(folder))
  .flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(f => join(folder, f)))
  .filter(file => file.endsWith('.ts'))
const imports = files.flatMap(importsOf)

test('there is something to look at', t => {
  t.true(files.length > 20)
  t.true(imports.length > 50)
})

test('no import runs against the flow', t => {
  const wrong = imports
    .filter(({ from, to }) => room(from) !== room(to) && !may[room(from)]?.includes(room(to)))
    .map(({ from, to }) => `${relative(root, from)} -> ${relative(root, to)}`)
  t.deepEqual(wrong, [])
})

test('no imports run in a circle (types aside)', t => {
  const graph = new Map<string, string[]>()
  for (const { from, to, typeOnly } of imports) if (!typeOnly) graph.set(from, [...(graph.get(from) ?? []), to])
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file)
    if (at >= 0) circles.push([...trail.slice(at), file].map(f => relative(root, f)).join(' -> '))
    if (at >= 0 || done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  t.deepEqual(circles, [])
})

// They start programs on this machine, never anything on a host.
const startPrograms = ['lib/inventory/dynamic/program.ts', 'lib/secret/sources/printed-by.ts']

test('only the connection knows ssh2, and no task or fact can reach a host', t => {
  const users = files
    .filter(f => /from '(ssh2|node:child_process|zx)'/.test(readFileSync(f, 'utf8')))
    .filter(f => !startPrograms.includes(relative(root, f)))
    .map(room)
  t.deepEqual(
    [...new Set(users)].filter(r => r !== 'connection'),
    [],
  )
})
