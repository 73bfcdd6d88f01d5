import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { showSafely } from '../secret.ts'
import { defineFact } from './fact.ts'

/** A package as the host's package manager has it. Unpacked but not configured counts as not installed. */
export type Installed =
  | { readonly installed: false }
  | {
      readonly installed: true
      /** Left out of a claim: whatever version was the newest. */
      readonly version?: string
    }

/** `bash\tii \t5.2.15-2+b8`: the third letter of the status is blank unless the package must be installed again. */
const row = /^([^\t]+)\t(.)(.)(.)\t(.*)$/

/**
 * Packages by name. One process for all names. Where dpkg is not, nothing is installed by it; another package manager joins
 * with a branch of its own here. Source: dpkg-query(1), https://man7.org/linux/man-pages/man1/dpkg-query.1.html
 */
export const installed = defineFact<string, Installed>({
  kind: 'package',
  id: name => name,
  ask: names => ({
    script: sh`
      command -v dpkg-query >/dev/null || exit 0
      LC_ALL=C dpkg-query -W -f '\${Package}\\t\${db:Status-Abbrev}\\t\${Version}\\n' -- "$@"
      [ $? -le 1 ]`,
    args: names,
    timeoutMs: 60_000,
  }),
  parse: ({ code, stdout, stderr }, names) => {
    const complaint = stderr
      .toString()
      .split('\n')
      .find(line => line && !line.includes('no packages found matching'))
    if (code !== 0 || complaint) throw new FactError(`cannot ask for packages: ${complaint ?? `exit code ${code}`}`)
    const found = new Map<string, string>()
    for (const line of stdout.toString().split('\n').filter(Boolean)) {
      const [, name, , status, flag, version] = row.exec(line) ?? []
      if (!name) throw new FactError(`dpkg-query printed ${JSON.stringify(showSafely(line, 100))}`)
      if (status === 'i' && flag === ' ' && version) found.set(name, version)
    }
    return names.map((name): Installed => {
      const version = found.get(name)
      return version === undefined ? { installed: false } : { installed: true, version }
    })
  },
  absent: answer => !answer.installed,
  show: answer => (answer.installed ? { installed: 'yes', version: answer.version } : {}),
})
