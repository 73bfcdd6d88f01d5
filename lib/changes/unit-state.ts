import { Refusal } from '../errors.ts'
import { type UnitState, unit, unitName } from '../facts/unit.ts'
import { type Change, change, claim, type Doubt } from './change.ts'
import { otherUnits, runningState, startedState } from './running-state.ts'
import { type UnitVerb, unitCommand } from './unit-verbs.ts'

/** What is left out is not managed. */
export interface WantedUnit {
  readonly running?: boolean
  readonly enabled?: boolean
  readonly masked?: boolean
}

const hasFile = (file: string): string => `its unit file is ${file}`

/**
 * UnitFileState, systemctl(1) `is-enabled`: what `enable` and `disable` cannot make otherwise is refused by name.
 * `enabled-runtime` does not outlive the boot.
 */
const startsAtBoot = (name: string, file: string | undefined, wanted: boolean): boolean => {
  if (file === 'generated' || file === 'transient' || file === 'alias')
    throw new Refusal(`${name} can be neither enabled nor disabled: ${hasFile(file)}`, {
      hint: file === 'alias' ? 'Name the unit itself, not its alias.' : 'Give it a unit file of its own.',
    })
  if (wanted && (file === 'static' || file === 'indirect'))
    throw new Refusal(`${name} cannot be enabled: ${hasFile(file)}`, {
      hint: 'It has no [Install] section that would say when it starts.',
    })
  return file === 'enabled'
}

const bootVerb = (name: string, now: UnitState, wanted: boolean | undefined): UnitVerb | undefined => {
  if (wanted === undefined) return undefined
  // What an unmasked unit's file will say is not known before: said again, which does no harm.
  if (now.load === 'masked' || now.file === undefined) return wanted ? 'enable' : 'disable'
  const is = startsAtBoot(name, now.file, wanted)
  return is === wanted ? undefined : wanted ? 'enable' : 'disable'
}

const refuse = (name: string, now: UnitState, { running, enabled, masked }: WantedUnit): void => {
  if (now.load === 'not-found' && !masked)
    throw new Refusal(`the host has no unit ${name}`, { hint: 'Install its package or write its unit file first.' })
  if (now.load === 'masked' && masked === undefined && (running || enabled))
    throw new Refusal(`${name} is masked`, { hint: 'masked: false takes the mask away.' })
  if (masked && now.load !== 'masked' && now.fragmentPath?.startsWith('/etc/systemd/system/'))
    throw new Refusal(`${name} cannot be masked: its unit file is where the mask would be, ${now.fragmentPath}`, {
      hint: 'Take the file away (absent), or stop and disable the unit instead.',
    })
  if ((now.load === 'bad-setting' || now.load === 'error') && running)
    throw new Refusal(`systemd cannot load ${name}: ${now.load}`, { hint: `systemctl status ${name} says why.` })
}

const sentence = (verbs: readonly UnitVerb[], name: string): string =>
  `${verbs
    .filter(v => v !== 'daemon-reload')
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1')} ${name}`

/** One change that takes a unit from what it is to what is wanted; none where it is. Throws Refusal where it cannot be. */
export const unitChanges = (
  givenName: string,
  now: UnitState,
  wanted: WantedUnit,
  timeoutSeconds: number,
): readonly Change[] => {
  const name = unitName(givenName)
  refuse(name, now, wanted)
  const unmask = wanted.masked === false && now.load === 'masked'
  const mask = wanted.masked === true && now.load !== 'masked'
  const boot = mask || wanted.masked ? undefined : bootVerb(name, now, wanted.enabled)
  const isUp = now.active === 'active' || now.active === 'reloading'
  const isDown = now.active === 'inactive' || now.active === 'failed'
  const start = wanted.running === true && !isUp
  const stop = wanted.running === false && !isDown
  const verbs: UnitVerb[] = []
  if (unmask) verbs.push('unmask')
  if (boot) verbs.push(boot)
  // systemd would start what it has loaded, not what is in the file.
  if (start && now.needsReload) verbs.push('daemon-reload')
  if (start) verbs.push('start')
  if (stop) verbs.push('stop')
  if (mask) verbs.push('mask')
  if (verbs.length === 0) return []
  const summary = sentence(verbs, name)
  return [
    change({
      summary,
      command: unitCommand(name, verbs, timeoutSeconds),
      makes: [claim(unit(name), after(now, { unmask, mask, boot, start, stop }))],
      doubts: [doubtOf(summary, { start, stop })],
    }),
  ]
}

const doubtOf = (what: string, { start, stop }: { readonly start: boolean; readonly stop: boolean }): Doubt =>
  start ? startedState(what) : stop ? runningState(what) : otherUnits(what)

interface Done {
  readonly unmask: boolean
  readonly mask: boolean
  readonly boot: UnitVerb | undefined
  readonly start: boolean
  readonly stop: boolean
}

/** What is known of a unit afterwards; its processes and times are not, nor whether a unit is enabled that was unmasked. */
const after = (now: UnitState, { unmask, mask, boot, start, stop }: Done): UnitState => {
  const file = mask ? 'masked' : boot ? `${boot}d` : unmask ? undefined : now.file
  return {
    load: mask ? 'masked' : unmask ? 'loaded' : now.load,
    active: start ? 'active' : stop ? 'inactive' : now.active,
    // Only a plain start or stop leaves systemd with what it has loaded.
    needsReload: now.needsReload && stop && !boot && !mask && !unmask,
    // A mask takes the place of the file, and what it hid is not known.
    ...(!mask && !unmask && now.fragmentPath !== undefined && { fragmentPath: now.fragmentPath }),
    ...(file !== undefined && { file }),
  }
}
