import { defineTask } from 'baton'
import { change, claim } from 'baton/changes/change'
import { sh } from 'baton/command'
import { path } from 'baton/facts/path'
import { z } from 'zod'

/** A task of one's own: a folder to greet from is there. */
export const greeting = defineTask({
  name: 'greeting',
  params: z.strictObject({ path: z.string().startsWith('/') }),
  title: p => `greeting folder ${p.path}`,
  async plan(p, facts) {
    if ((await facts.get(path(p.path))).type === 'directory') return []
    return [
      change({
        summary: `make ${p.path}`,
        command: { script: sh`mkdir -m 0755 -- "$1"`, args: [p.path] },
        makes: [claim(path(p.path), { type: 'directory', mode: '0755' })],
      }),
    ]
  },
})
