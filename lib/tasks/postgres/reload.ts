import { type Change, change, claim } from '../../changes/change.ts'
import { loaded } from '../../facts/postgres/loaded.ts'
import { reloadServer } from './psql.ts'

/** The server reads its configuration again. Claims that it has read this file, and that nothing in it is wrong. */
export const reload = (port: number, file: string): Change =>
  change({
    summary: `make PostgreSQL read ${file}`,
    command: { script: reloadServer, args: [`${port}`], timeoutMs: 60_000 },
    makes: [claim(loaded({ port, file }), { loaded: true, errors: [] })],
  })
