import test from 'ava'
import { loadExtraVars } from '../../lib/inventory/extra-vars.ts'
import { plain } from '../../lib/inventory/traced.ts'
import { maskSecrets } from '../../lib/secret.ts'
import { project, said } from './project.ts'

const values: readonly (readonly [string, unknown])[] = [
  ['8081', 8081],
  ['1.5', 1.5],
  ['true', true],
  ['yes', 'yes'],
  ['null', null],
  ['', ''],
  ['"8081"', '8081'],
  ["'it''s'", "it's"],
  ['a b', 'a b'],
  ['a: b', 'a: b'],
  ['a # b', 'a # b'],
  ['# b', '# b'],
  ['*a', '*a'],
  ['&a b', '&a b'],
  ['!vault x', '!vault x'],
  ['- a', '- a'],
  ['"open', '"open'],
  ['a=b', 'a=b'],
  ['[1, two]', [1, 'two']],
  ['{a: {b: 1}}', { a: { b: 1 } }],
]

for (const [text, value] of values)
  test(`-e x=${text}`, async t => {
    const vars = await loadExtraVars([`x=${text}`], '/')
    t.deepEqual(plain(vars.get('x')!.value), value)
  })

test('the later wins, files and values alike', async t => {
  const cwd = await project(t, { 'a.yml': 'x: 1\ny: 1\n' })
  const vars = await loadExtraVars(['x=0', '@a.yml', 'y=2'], cwd)
  t.deepEqual(
    [...vars].map(([name, { value }]) => [name, plain(value)]),
    [
      ['x', 1],
      ['y', 2],
    ],
  )
})

test('what is wrong is said at once', async t => {
  const cwd = await project(t, { 'list.yml': '- 1\n' })
  const way = 'A key is letters, digits and _. Put the whole in quotes if the value has spaces.'
  t.deepEqual(await said(t, () => loadExtraVars(['nothing', '=x', 'a-b=1', '@nope.yml', '@list.yml', 'x=[1'], cwd)), [
    `-e needs KEY=VALUE or @FILE | ${way}`,
    `-e needs KEY=VALUE or @FILE | ${way}`,
    `-e needs KEY=VALUE or @FILE | ${way}`,
    'nope.yml: cannot be read: ENOENT',
    'list.yml:1:1: a file of vars must be a mapping',
    '-e x: not valid YAML: Flow sequence must end with a ] | Put text that starts with [ or { in quotes.',
  ])
})

test('a value whose name says that it is secret is masked from then on, whatever its schema says', async t => {
  await loadExtraVars(['deploy_token=canary-of-the-command-line', 'port_name=not-at-all-secret'], '/')
  t.false(maskSecrets('it says canary-of-the-command-line').includes('canary'))
  t.is(maskSecrets('it says not-at-all-secret'), 'it says not-at-all-secret')
})
