import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rsyncExcludes } from '../../templates/standby/excludes.ts'
import { syncJob } from '../../templates/standby/job.ts'
import { syncScript } from '../../templates/standby/sync-script.ts'
import type { PostgresPair } from './postgres-pair.ts'

export interface Ended {
  readonly code: number
  readonly text: string
}

const nobody = 65534

/** Two var directories beside a pair of databases, and the job between them, through rrsync as over ssh. */
export const syncedPair = (pair: PostgresPair) => {
  const at = (...parts: string[]) => join(pair.directory, ...parts)
  const filestore = (which: 'active' | 'standby') => at(`${which}-var`, 'data/artifactory/filestore')
  const script = (name: string, text: string) => {
    writeFileSync(at(name), `#!/bin/sh\n${text}\n`)
    chmodSync(at(name), 0o755)
  }
  chmodSync(pair.directory, 0o755)
  for (const which of ['active', 'standby'] as const) {
    mkdirSync(filestore(which), { recursive: true })
    mkdirSync(at(`${which}-var`, 'etc/artifactory'), { recursive: true })
    for (const part of ['', 'data', 'data/artifactory', 'data/artifactory/filestore', 'etc', 'etc/artifactory'])
      chownSync(at(`${which}-var`, part), nobody, nobody)
  }
  mkdirSync(at('state'))
  mkdirSync(at('bin'))
  writeFileSync(at('service-state'), 'inactive')
  script(
    'bin/systemctl',
    `case $1 in
      is-active) cat ${at('service-state')}; exit 3 ;;
      restart) exec ${at('restart')} ;;
    esac`,
  )
  // What sshd's forced command does: the request is not run, rrsync looks at it.
  script(
    'ssh',
    `while [ "$1" != rsync ]; do shift; done; [ ! -e ${at('hook')} ] || . ${at('hook')}
    SSH_ORIGINAL_COMMAND="$*" exec rrsync -ro -no-lock ${at('active-var')}`,
  )
  writeFileSync(at('excludes'), rsyncExcludes('7.104.5'))
  const bin = `/usr/lib/postgresql`
  script(
    'restart',
    `cd / && exec runuser -u postgres -- "$(ls -d ${bin}/*/bin | tail -n 1)/pg_ctl" -D ${at('standby')} -l ${at('standby.log')} -m fast -w restart </dev/null >/dev/null 2>&1`,
  )
  writeFileSync(
    at('job'),
    syncScript(syncJob(), {
      activeDatabase: `host=${pair.directory} port=${pair.activePort} user=baton dbname=postgres`,
      socket: pair.directory,
      port: pair.standbyPort,
      databaseUnit: 'postgresql@test',
      databaseLog: at('standby.log'),
      databaseUser: 'postgres',
      artifactoryDatabase: 'artifactory',
      artifactoryUnit: 'artifactory.service',
      artifactoryVersion: '7.104.5',
      source: 'artifactory-sync@active:',
      destination: at('standby-var'),
      filestorePath: 'data/artifactory/filestore',
      remoteShell: at('ssh'),
      copyUser: 'nobody',
      excludesFile: at('excludes'),
      stateDirectory: at('state'),
      logFile: at('log'),
      lockFile: at('lock'),
      holdFile: pair.holdFile,
      timeoutSeconds: 20,
      stallSeconds: 20,
      hashSample: 10,
    }),
  )
  const place = (which: 'active' | 'standby', sha1: string) => join(filestore(which), sha1.slice(0, 2), sha1)
  const digest = (content: string) => createHash('sha1').update(content).digest('hex')
  return {
    at,
    digest,
    /** The file of a binary. */
    file: (which: 'active' | 'standby', content: string) => place(which, digest(content)),
    /** Artifactory's order: the file first, then the rows. */
    upload(content: string, name = content) {
      const sha1 = digest(content)
      mkdirSync(dirname(place('active', sha1)), { recursive: true })
      chownSync(dirname(place('active', sha1)), nobody, nobody)
      writeFileSync(place('active', sha1), content)
      pair.sql(
        'active',
        `INSERT INTO binaries VALUES ('${sha1}', ${Buffer.byteLength(content)}) ON CONFLICT DO NOTHING;
         INSERT INTO nodes VALUES ('libs', 'org/acme', '${name}', '${sha1}')`,
        'artifactory',
      )
      return sha1
    },
    /** A deletion and the garbage collection behind it. */
    collect(content: string) {
      const sha1 = digest(content)
      pair.sql(
        'active',
        `DELETE FROM nodes WHERE sha1_actual = '${sha1}'; DELETE FROM binaries WHERE sha1 = '${sha1}'`,
        'artifactory',
      )
      rmSync(place('active', sha1))
    },
    /** Shell text that runs on the active's side whenever rsync starts there. */
    onTransfer: (text: string) => writeFileSync(at('hook'), text),
    /** Puts a fault into the job. */
    edit: (change: (script: string) => string) => {
      const before = readFileSync(at('job'), 'utf8')
      const after = change(before)
      if (after === before) throw new Error('the job has no such place')
      writeFileSync(at('job'), after)
    },
    service: (state: string) => writeFileSync(at('service-state'), state),
    recoveryPoint: (): Record<string, unknown> | undefined =>
      existsSync(at('state/recovery-point.json'))
        ? JSON.parse(readFileSync(at('state/recovery-point.json'), 'utf8'))
        : undefined,
    binaries: (which: 'active' | 'standby') => Number(pair.sql(which, 'SELECT count(*) FROM binaries', 'artifactory')),
    run: (shell = 'dash'): Promise<Ended> =>
      new Promise(resolve => {
        execFile(
          shell,
          [at('job')],
          { env: { PATH: `${at('bin')}:/usr/sbin:/usr/bin:/sbin:/bin` } },
          (error, stdout, stderr) =>
            resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, text: stdout + stderr }),
        )
      }),
  }
}
