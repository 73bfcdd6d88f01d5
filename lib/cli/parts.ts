import type { ConnectOptions } from '../connection/connect.ts'
import type { Connection } from '../connection/connection.ts'
import { run } from '../engine/run.ts'
import type { Host } from '../inventory/host.ts'
import { render } from '../report/render.ts'

/** What a run is made of; a test gives others. */
export interface Parts {
  readonly run: typeof run
  readonly render: typeof render
  /** Called before the run, so that --help and --list-hosts do without ssh2, and nothing is left to load in it. */
  readonly loadConnect: () => Promise<(host: Host, options: ConnectOptions) => Promise<Connection>>
}

export const parts: Parts = {
  run,
  render,
  loadConnect: async () => (await import('../connection/connect.ts')).connect,
}
