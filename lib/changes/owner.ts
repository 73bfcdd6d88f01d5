import type { Ownership } from '../facts/path.ts'

/**
 * What chown(1) takes: `ann:staff`, `ann`, `:staff`; empty where nothing is to be changed. Never `ann:`, which would mean
 * her login group.
 */
export const chownWord = ({ owner = '', group }: Ownership): string =>
  group === undefined ? owner : `${owner}:${group}`
