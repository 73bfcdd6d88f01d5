import test from 'ava'
import { keepsClaim } from '../../lib/facts/fact.ts'
import { type UnitState, unit, unitName } from '../../lib/facts/unit.ts'
import { output } from '../helpers/output.ts'

const kind = unit('x').kind

// Captured on Debian 13 (systemd 257), where nosuch.service is not and apt-daily.timer has no MainPID.
const captured = `MainPID=48
Id=dbus.service
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath=/usr/lib/systemd/system/dbus.service
UnitFileState=static
ActiveEnterTimestampMonotonic=1836985806
NeedDaemonReload=no

MainPID=0
Id=nosuch.service
LoadState=not-found
ActiveState=inactive
SubState=dead
FragmentPath=
UnitFileState=
ActiveEnterTimestampMonotonic=0
NeedDaemonReload=no

Id=apt-daily.timer
LoadState=loaded
ActiveState=active
SubState=waiting
FragmentPath=/usr/lib/systemd/system/apt-daily.timer
UnitFileState=enabled
ActiveEnterTimestampMonotonic=1836969654
NeedDaemonReload=yes
`

const names = ['dbus.service', 'nosuch.service', 'apt-daily.timer']

test('one block a unit, in the order of the question', t => {
  const [dbus, nosuch, timer] = kind.parse(output(captured), names) as UnitState[]
  t.deepEqual(dbus, {
    load: 'loaded',
    active: 'active',
    sub: 'running',
    file: 'static',
    needsReload: false,
    fragmentPath: '/usr/lib/systemd/system/dbus.service',
    mainPid: 48,
    activeSince: 1836985806,
  })
  t.like(nosuch, { load: 'not-found', active: 'inactive', file: '', mainPid: 0 })
  t.like(timer, { file: 'enabled', needsReload: true, mainPid: 0 })
  t.deepEqual(
    [dbus, nosuch].map(u => kind.absent?.(u!)),
    [false, true],
  )
})

test('a block or a property too few is an error', t => {
  t.throws(() => kind.parse(output(captured), [...names, 'more.service']), { message: /told of 3 units, asked for 4/ })
  t.throws(() => kind.parse(output(captured.replace('LoadState=loaded\n', '')), names), {
    message: /LoadState of dbus/,
  })
  t.throws(() => kind.parse(output('', { code: 1, stderr: 'System has not been booted with systemd' }), names), {
    message: /not been booted/,
  })
  t.throws(() => kind.parse(output('', { code: 127 }), names), { message: /no systemctl/ })
})

test('a name without a type is a service', t => {
  t.deepEqual(['ssh', 'postgresql@17-main', 'x.timer', 'a.b'].map(unitName), [
    'ssh.service',
    'postgresql@17-main.service',
    'x.timer',
    'a.b.service',
  ])
})

test('a service that failed while it stopped does not run; one that failed to start is not active', t => {
  const state = { load: 'loaded', active: 'active', needsReload: false }
  const failed = { ...state, active: 'failed', file: 'enabled' }
  t.true(keepsClaim(unit('x'), { ...state, active: 'inactive' }, failed))
  t.false(keepsClaim(unit('x'), state, failed))
  t.false(keepsClaim(unit('x'), { ...state, active: 'inactive', file: 'disabled' }, failed))
})
