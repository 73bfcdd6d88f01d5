import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact, type Fact } from './fact.ts'

/** A systemd unit. What a change cannot know beforehand is left out of its claim; an observed answer has every field. */
export interface UnitState {
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`. */
  readonly load: string
  /** `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading`. */
  readonly active: string
  readonly sub?: string
  /** UnitFileState: `enabled`, `disabled`, `static`, `masked`, `generated` ...; empty when there is no unit file. */
  readonly file?: string
  /** The files on disk are newer than what systemd has loaded. */
  readonly needsReload: boolean
  readonly fragmentPath?: string
  /** 0: no main process. */
  readonly mainPid?: number
  /** When it last became active, in microseconds since the boot; 0: never. */
  readonly activeSince?: number
}

const properties = sh`Id,LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload,FragmentPath,MainPID,ActiveEnterTimestampMonotonic,Type,Job`

const suffix = /\.(service|socket|target|timer|mount|automount|path|slice|scope|swap|device)$/

/** A name without a type is a service, as systemctl(1) has it: `ssh` is `ssh.service`. */
export const unitName = (name: string): string => (suffix.test(name) ? name : `${name}.service`)

const state = (block: string, name: string): UnitState => {
  const values = new Map<string, string>()
  for (const line of block.split('\n')) {
    const at = line.indexOf('=')
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1))
  }
  const need = (property: string): string => {
    const value = values.get(property)
    if (value === undefined) throw new FactError(`systemctl did not say ${property} of ${name}`)
    return value
  }
  return {
    load: need('LoadState'),
    active: need('ActiveState'),
    sub: need('SubState'),
    file: need('UnitFileState'),
    needsReload: need('NeedDaemonReload') === 'yes',
    fragmentPath: need('FragmentPath'),
    // Only services have a main process.
    mainPid: Number(values.get('MainPID') ?? 0),
    activeSince: Number(need('ActiveEnterTimestampMonotonic')),
  }
}

const settled: Readonly<Record<string, string>> = {
  reloading: 'active',
  refreshing: 'active',
  activating: 'inactive',
  deactivating: 'inactive',
}

const kind = defineFact<string, UnitState>({
  kind: 'unit',
  id: name => name,
  ask: names => ({
    script: sh`
      export LC_ALL=C
      for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
        told=$(systemctl show --no-pager --property=${properties} -- "$@") || exit $?
        printf '%s\\n' "$told" | awk -v RS= '/(^|\\n)Job=[1-9]/ && !/(^|\\n)Type=oneshot/ { exit 3 }'
        [ $? -eq 3 ] || break
        sleep 0.5
      done
      printf '%s\\n' "$told"`,
    args: names,
    timeoutMs: 60_000,
  }),
  parse: ({ code, stdout, stderr }, names) => {
    if (code === 127) throw new FactError('the host has no systemctl, so its services cannot be managed')
    if (code !== 0) throw new FactError(`cannot ask systemd: ${stderr.toString().trim() || `exit code ${code}`}`)
    const blocks = stdout.toString().trim().split(/\n\n+/)
    if (blocks.length !== names.length)
      throw new FactError(`systemctl told of ${blocks.length} units, asked for ${names.length}`)
    return names.map((name, i) => state(blocks[i]!, name))
  },
  // A unit that is not active may be on its way, as one that a timer starts each minute is now and then.
  stable: ({ load, active, file, needsReload, fragmentPath }) => ({
    load,
    active: settled[active] ?? active,
    file,
    needsReload,
    fragmentPath,
  }),
  absent: answer => answer.load === 'not-found',
  show: answer =>
    answer.load === 'not-found'
      ? {}
      : {
          load: answer.load === 'loaded' ? undefined : answer.load,
          active: answer.active,
          enabled: answer.file || undefined,
          'needs daemon-reload': answer.needsReload ? 'yes' : undefined,
        },
  keeps: (claimed, observed) =>
    observed.load === claimed.load &&
    // A service that was stopped and left with an error code is `failed`: it does not run, and that was the claim.
    (observed.active === claimed.active || (claimed.active === 'inactive' && observed.active === 'failed')) &&
    (claimed.needsReload || !observed.needsReload) &&
    // Disabled: does not start at boot of its own, which a unit without [Install] section never does.
    (claimed.file === undefined ||
      observed.file === claimed.file ||
      (claimed.file === 'disabled' &&
        ['static', 'indirect', 'linked', 'enabled-runtime'].includes(observed.file ?? ''))) &&
    (claimed.fragmentPath === undefined || observed.fragmentPath === claimed.fragmentPath),
})

/**
 * A systemd unit by name. One that is just being started, stopped or restarted by somebody else is given 6 s to come to rest;
 * not a oneshot, whose start is its work. A unit that nobody knows is `not-found` and no error. One `systemctl show` for all names:
 * `ActiveState=active`, one property a line, an empty line between units.
 * Source: https://www.freedesktop.org/software/systemd/man/latest/systemctl.html
 */
export const unit = (name: string): Fact<UnitState> => kind(unitName(name))
