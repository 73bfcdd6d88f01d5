import test from 'ava'
import { format, wantsColor } from '../../lib/cli/style.ts'
import { fakeTerminal } from './terminal.ts'

const colors: readonly (readonly [Record<string, string>, boolean, boolean])[] = [
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: 'false' }, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  [{ TERM: 'dumb' }, true, false],
]

for (const [env, isTTY, expected] of colors)
  test(`color: ${JSON.stringify(env)} ${isTTY ? 'terminal' : 'pipe'}`, t => t.is(wantsColor(env, isTTY), expected))

const formats: readonly (readonly [
  Record<string, string>,
  boolean,
  'json' | undefined,
  'pretty' | 'plain' | 'json' | 'github',
])[] = [
  [{}, true, undefined, 'pretty'],
  [{}, false, undefined, 'plain'],
  [{ CI: 'true' }, true, undefined, 'plain'],
  [{ CI: 'false' }, true, undefined, 'pretty'],
  [{ TERM: 'dumb' }, true, undefined, 'plain'],
  [{}, true, 'json', 'json'],
  [{ GITHUB_ACTIONS: 'true', CI: 'true' }, false, undefined, 'github'],
  [{ GITHUB_ACTIONS: 'true', CI: 'true' }, false, 'json', 'json'],
  [{ GITHUB_ACTIONS: 'false' }, false, undefined, 'plain'],
]

for (const [env, isTTY, output, expected] of formats)
  test(`format: ${JSON.stringify(env)} ${isTTY ? 'terminal' : 'pipe'} ${output ?? ''}`, t =>
    t.is(format({ output }, fakeTerminal('/', env, isTTY).terminal), expected))
