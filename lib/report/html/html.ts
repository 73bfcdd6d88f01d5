import type { Recorded } from '../../event.ts'
import { collect } from './collect.ts'
import { document } from './document.ts'

/**
 * One self-contained page of a run, from records that have passed the gate. It loads nothing, works from a file without a
 * network, and takes every text of a host as text. Records that stop before the run's end make a page that says so.
 */
export const html = (records: readonly Recorded[]): string => document(collect(records))
