import { chmod, readFile, writeFile } from 'node:fs/promises'
import test from 'ava'
import { apt } from '../../lib/changes/apt.ts'
import { REFUSED_BY_GUARD } from '../../lib/command.ts'
import { shells } from '../helpers/check-task.ts'
import { localRun } from '../helpers/local-run.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

const options = { updateCache: false, recommends: false, allowUpgrades: false, allowDowngrade: false }

// What `apt-get -s install` of apt 2.6 prints.
const plans = [
  {
    title: 'a new package and what it needs',
    names: ['jq'],
    plan: 'Inst libonig5 (6.9.8-1 Debian:12 [amd64])\nInst jq (1.6-2 Debian:12 [amd64])\nConf libonig5 (6.9.8-1)\nConf jq (1.6-2)',
  },
  {
    title: 'of another architecture',
    names: ['libc6'],
    plan: 'Inst libc6:i386 (2.36 Debian:12 [i386])\nConf libc6:i386 (2.36)',
  },
  { title: 'unpacked, and to be configured', names: ['jq'], plan: 'Conf jq (1.6-2)' },
  { title: 'one that is there', names: ['dpkg'], plan: 'dpkg is already the newest version (1.21).' },
  {
    title: 'a pattern',
    names: ['postgresql-1.'],
    plan: "Note, selecting 'postgresql-15' for regex 'postgresql-1.'\nInst postgresql-15 (15 Debian:12 [amd64])",
    refused: /would not install a package of the name postgresql-1\./,
  },
  {
    title: 'a name of several',
    names: ['jq', 'mail-agent'],
    plan: "Note, selecting 'exim4' instead of 'mail-agent'\nInst jq (1)\nInst exim4 (4)",
    refused: /of the name mail-agent/,
  },
  { title: 'a beginning', names: ['jq'], plan: 'Inst jq-doc (1)', refused: /of the name jq/ },
  { title: 'an upgrade of another', names: ['jq'], plan: 'Inst jq (1)\nInst libc6 [1] (2)', refused: /upgrade libc6/ },
  { title: 'a removal', names: ['jq-'], plan: 'Remv jq [1]', refused: /would remove jq/ },
] as const

for (const shell of shells)
  for (const { title, names, plan, ...more } of plans)
    test(`${title}, ${shell}`, async t => {
      const bin = await tempDirectory(t)
      const script = `#!/bin/sh
case " $* " in *' -s '*) cat ${bin}/plan ;; *) echo "$@" >${bin}/done ;; esac`
      await writeFile(`${bin}/apt-get`, script)
      await chmod(`${bin}/apt-get`, 0o755)
      await writeFile(`${bin}/dpkg-query`, '#!/bin/sh\ncase "$*" in *" dpkg") printf "ii " ;; *) exit 1 ;; esac')
      await chmod(`${bin}/dpkg-query`, 0o755)
      await writeFile(`${bin}/plan`, `${plan}\n`)
      const command = apt.install(
        names.map(name => ({ name })),
        options,
      )
      const { code, stderr } = await localRun(command, ['env', `PATH=${bin}:${process.env.PATH}`, ...shell])
      if ('refused' in more) {
        t.is(code, REFUSED_BY_GUARD)
        t.true(command.guarded)
        t.regex(stderr.toString(), more.refused)
        await t.throwsAsync(readFile(`${bin}/done`))
      } else {
        t.is(code, 0, stderr.toString())
        t.regex(await readFile(`${bin}/done`, 'utf8'), new RegExp(`install -- ${names.join(' ')}\n$`))
      }
    })
