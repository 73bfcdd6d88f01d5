import type { Writable } from 'node:stream'

type Out = Writable & { readonly isTTY?: boolean; readonly columns?: number }

interface In extends NodeJS.ReadableStream {
  readonly isTTY?: boolean
  setRawMode?(on: boolean): unknown
}

/** What `main` needs of the process that it runs in; a test gives another. */
export interface Terminal {
  readonly stdin: In
  readonly stdout: Out
  readonly stderr: Out
  readonly env: Readonly<Record<string, string | undefined>>
  cwd(): string
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  exit(code: number): unknown
}
