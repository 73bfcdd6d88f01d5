import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { recoveryTarget } from '../../../lib/facts/postgres/recovery-target.ts'
import { askAll } from '../../helpers/ask.ts'
import { tempDirectory } from '../../helpers/temp-directory.ts'

const texts: readonly (readonly [string, string | undefined])[] = [
  ["# the job's\nrecovery_target_lsn = '0/A000000'\n", '0/A000000'],
  ["recovery_target_lsn='16/B374D848'", '16/B374D848'],
  ["  recovery_target_lsn  '0/1'  # why\n", '0/1'],
  ["# recovery_target_lsn = '0/1'\nrecovery_target = 'immediate'\n", undefined],
  ["recovery_target_lsn = '0/1'\nrecovery_target_lsn = '0/2'\n", '0/2'],
  ["recovery_target_lsn = '$(id)'\n", undefined],
  ['', undefined],
]

for (const shell of ['dash', 'bash'])
  test(`what a file lets a recovery run to, ${shell}`, async t => {
    const folder = await tempDirectory(t)
    const files = texts.map(([text], i) => {
      const file = join(folder, `${i} it's.conf`)
      writeFileSync(file, text)
      return recoveryTarget(file)
    })
    const answers = await askAll([...files, recoveryTarget(join(folder, 'none'))], [shell])
    t.deepEqual(
      answers.map(({ position }) => position),
      [...texts.map(([, position]) => position), undefined],
    )
  })
