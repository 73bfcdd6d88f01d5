import { z } from 'zod'
import { anyOf, change } from '../changes/change.ts'
import { sh } from '../command.ts'
import { defineAction } from '../dsl/task.ts'

/** systemd reads all unit files again. `systemdUnit` does so by itself; this is for files that came another way. */
export const systemdReload = defineAction({
  name: 'systemdReload',
  params: z.strictObject({}),
  title: () => 'systemctl daemon-reload',
  run: () =>
    change({
      summary: 'systemctl daemon-reload',
      command: { script: sh`systemctl daemon-reload`, timeoutMs: 120_000 },
      doubts: [anyOf('what the unit files say', 'unit')],
    }),
})
