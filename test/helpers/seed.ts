import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'

// The same cases at every run of `npm test`, so that a failure is that of the change; BATON_SEED=random looks for new ones.
const seed = process.env.BATON_SEED ?? '20261122'
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) })

// Runs of one test file do not stand in the way of another's, although all of them are on this machine.
const state = mkdtempSync(join(tmpdir(), 'baton-state-'))
process.env.BATON_STATE_DIR = state
process.on('exit', () => rmSync(state, { recursive: true, force: true }))
