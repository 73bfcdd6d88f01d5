import fc from 'fast-check'

// The same cases at every run of `npm test`, so that a failure is that of the change; BATON_SEED=random looks for new ones.
const seed = process.env.BATON_SEED ?? '20261122'
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) })
