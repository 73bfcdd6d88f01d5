import { execFileSync } from 'node:child_process'

const id = (option: string) => execFileSync('id', [option]).toString().trim()

/** Who runs the tests: tasks that create something must say so, because they default to root. */
export const me = { owner: id('-un'), group: id('-gn') }

export const isRoot = process.getuid?.() === 0
