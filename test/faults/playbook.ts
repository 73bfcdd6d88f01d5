import { z } from 'zod'
import { block, play, playbook } from '#dsl'
import { sh } from '#lib/command'
import { directory } from '#tasks/directory'
import { file } from '#tasks/file'
import { runCommand } from '#tasks/run-command'
import { systemdUnit } from '#tasks/systemd-unit'
import { filesOf, logOf, unitName } from './expected.ts'

const append = sh`printf '%s\\n' "$2" >>"$1"`
const slow = sh`
  printf '%s\\n' "$2 begun" >>"$1"
  for i in 1 2 3 4; do echo "line $i"; sleep "$3"; done
  printf '%s\\n' "$2 ended" >>"$1"`
const counting = sh`printf '%s\\n' "$2 tried" >>"$1"; grep -cx "$2 tried" "$1"`
const failing = sh`printf '%s\\n' "$2 failing" >>"$1"; exit 9`
const handled = sh`printf '%s\\n' "$2 handled $(cat "$3")" >>"$1"`

/** Some of everything, so that a fault meets each: states, actions that tell how often they ran, a long one, a handler. */
export default playbook({
  name: 'Faults',
  groups: ['faulty'],
  vars: z.strictObject({
    root: z.string(),
    token: z.string(),
    pause: z.string().default('0.3'),
    deadline: z.number().default(60),
  }),
  plays: _ => [
    play('First', { hosts: 'faulty', become: true }, ({ vars: { root, token, pause, deadline } }) => {
      const files = filesOf(root, token)
      const log = logOf(root)
      const wanted = (path: string) => file({ path, content: files[path] ?? '', mode: '0644', notify: handler })
      const handler = runCommand({ title: 'handler', script: handled, args: [log, token, `${root}/small`] })
      const say = (word: string) => runCommand({ title: word, script: append, args: [log, `${token} ${word}`] })
      return [
        directory({ path: root, mode: '0755' }),
        wanted(`${root}/small`),
        wanted(`${root}/large`),
        say('one'),
        systemdUnit({ name: unitName, content: files[`/etc/systemd/system/${unitName}`] ?? '', notify: handler }),
        runCommand({ title: 'slow', script: slow, args: [log, token, pause], timeoutSeconds: deadline }),
        runCommand({
          title: 'tried',
          script: counting,
          args: [log, token],
          retries: { attempts: 5, delaySeconds: 0.1, until: ({ stdout }) => Number(stdout) >= 2 },
        }),
        block({
          items: [runCommand({ title: 'failing', script: failing, args: [log, token] })],
          rescue: [say('rescued')],
          always: [file({ path: `${root}/always`, content: files[`${root}/always`] ?? '', mode: '0644' })],
        }),
      ]
    }),
    play('Second', { hosts: 'faulty', become: true }, ({ vars: { root, token } }) => [
      runCommand({ title: 'two', script: append, args: [logOf(root), `${token} two`] }),
      file({ path: `${root}/last`, content: filesOf(root, token)[`${root}/last`] ?? '', mode: '0644' }),
    ]),
  ],
})
