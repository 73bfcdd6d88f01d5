import { execFile } from 'node:child_process'
import { Locked } from './locked.ts'
import type { Places } from './places.ts'

/** A person may have to touch a key, or to type a password elsewhere. */
const PATIENCE_MS = 120_000

/** Longer than any key; a program that prints more was named by mistake. */
const MOST_BYTES = 64 * 1024

/** What names a key to us is no business of the program's. */
const own = /^(BATON_AGE_KEY|SOPS_AGE_KEY|BATON_VAULT_PASSWORD)$/

/**
 * What a program prints, run without a shell and without stdin. `from` names the program in messages. Throws Locked: it is
 * not there, it failed, it took longer than two minutes. What it printed on stdout is in no message.
 */
export const printedBy = (
  from: string,
  [program = '', ...args]: readonly string[],
  { cwd, env }: Places,
): Promise<Buffer> => {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !own.test(name)))
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { cwd, env: kept, encoding: 'buffer', timeout: PATIENCE_MS, maxBuffer: MOST_BYTES },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout)
        const said = stderr.toString().trim().split('\n').at(-1)
        const how = error.killed
          ? `did not end within ${PATIENCE_MS / 1000} s`
          : typeof error.code === 'string'
            ? `cannot be run: ${error.code}`
            : `failed: ${said || `exit code ${error.code ?? 'unknown'}`}`
        reject(new Locked(`${from}: ${program} ${how}`, `Run it by hand: ${[program, ...args].join(' ')}`))
      },
    )
    child.stdin?.end()
  })
}
