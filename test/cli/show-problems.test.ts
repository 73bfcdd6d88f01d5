import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { showProblems } from '../../lib/cli/show-problems.ts'
import { Secret } from '../../lib/secret.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

const secret = 'of "the"\\problems\tand more'
new Secret(secret)

test('no part of a problem shows a secret, not even of its place or hint, and none that was cut', async t => {
  const cwd = await tempDirectory(t)
  await writeFile(join(cwd, 'inv.yml'), `${' '.repeat(95)}x: ${secret}\ny: 1\n`)
  const at = { file: 'inv.yml', line: 1, column: 97 }
  const text = await showProblems(
    [
      { message: `${JSON.stringify(secret)} is wrong`, at, hint: `Not ${secret}.` },
      { message: 'x'.repeat(1990) + secret, at: { ...at, file: `${secret}.yml` } },
    ],
    { cwd, color: false },
  )
  t.notRegex(text, /of "|of \\|problems\\|and more/)
  t.regex(text, /"\[secret\]" is wrong\n {2}Not \[secret\]\.\n/)
  t.regex(text, /\[secret\]\.yml:1:97: x+/)
})
