import { spawnSync } from 'node:child_process'
import test from 'ava'

test("the page's script is checked as strictly as everything else", t => {
  const { status, stdout } = spawnSync('npx', ['tsc', '--noEmit', '-p', 'lib/report/html/page/tsconfig.json'], {
    encoding: 'utf8',
  })
  t.is(status, 0, stdout)
})
