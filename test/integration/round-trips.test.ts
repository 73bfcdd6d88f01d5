import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { stringify } from 'yaml'
import type { Event } from '../../lib/event.ts'
import { baton } from '../helpers/baton.ts'
import { hostVars, Lab } from '../lab/lab.ts'

const folder = mkdtempSync(join(tmpdir(), 'baton-round-trips-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

test('fifty tasks take one round trip when converged and six when most of them change, over sudo', async t => {
  const host = await new Lab().reset('web1', { provision: false })
  const inventory = join(folder, 'inventory.yml')
  writeFileSync(inventory, stringify({ all: { children: { bench: { hosts: { web1: hostVars(host.address) } } } } }))
  const events = async (...more: string[]): Promise<readonly Event[]> => {
    const { stdout, stderr } = await baton('test/bench/fifty.ts', '-i', inventory, '-o', 'json', ...more)
    t.is(stderr, '')
    return stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Event)
  }
  const trips = (all: readonly Event[]) =>
    all.flatMap(e => (e.type === 'host' && e.state === 'closed' ? [e.roundTrips] : []))
  const counts = (all: readonly Event[]) => all.flatMap(e => (e.type === 'summary' ? [e.hosts.web1] : []))

  const changing = await events()
  t.like(counts(changing), [{ ok: 7, changed: 43, failed: 0 }])
  // Facts; the lease; facts again; old contents and changes; reading back; the lease is given back.
  t.deepEqual(trips(changing), [6])
  const converged = await events('--check', '--expect-no-changes')
  t.like(counts(converged), [{ ok: 50, changed: 0, failed: 0 }])
  t.deepEqual(trips(converged), [1])
})
