import type { Secret } from '../../secret.ts'

/** Asks a person and hides what is typed. Rejects when nobody answers. */
export type Ask = (what: string) => Promise<Secret>

/** Where keys and passwords are looked for. */
export interface Places {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** Relative paths are relative to it. */
  readonly cwd: string
  /** Undefined: there is no terminal, and nobody is ever asked. */
  readonly ask?: Ask | undefined
}
