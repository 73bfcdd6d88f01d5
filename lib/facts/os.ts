import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { showSafely } from '../secret.ts'
import { defineFact } from './fact.ts'
import { likeOf, parseOsRelease } from './os-release.ts'

export interface Os {
  /** `debian`, `rocky`, `alpine` ... */
  readonly id: string
  /** What it is made after, nearest first: `['ubuntu', 'debian']`. */
  readonly like: readonly string[]
  /** Undefined on rolling releases. */
  readonly versionId: string | undefined
  readonly versionCodename: string | undefined
  readonly kernel: string
  /** As `uname -m` says it: `x86_64`, `aarch64`. */
  readonly architecture: string
}

const kind = defineFact<null, Os>({
  kind: 'os',
  id: () => 'release',
  ask: () => ({
    script: sh`uname -rm && if [ -r /etc/os-release ]; then cat /etc/os-release; else cat /usr/lib/os-release; fi`,
  }),
  parse: ({ code, stdout, stderr }) => {
    if (code !== 0) throw new FactError(`cannot tell the operating system: ${stderr.toString().trim()}`)
    const [uname = '', ...lines] = stdout.toString().split('\n')
    const [kernel, architecture, more] = uname.split(' ')
    if (!kernel || !architecture || more) throw new FactError(`uname printed ${JSON.stringify(showSafely(uname, 100))}`)
    const values = parseOsRelease(lines.join('\n'))
    return [
      {
        id: values.get('ID') ?? 'linux',
        like: likeOf(values),
        versionId: values.get('VERSION_ID'),
        versionCodename: values.get('VERSION_CODENAME'),
        kernel,
        architecture,
      },
    ]
  },
})

/**
 * Which operating system the host runs. Source: os-release(5), whose default for ID is `linux`,
 * https://www.freedesktop.org/software/systemd/man/latest/os-release.html
 */
export const os = kind(null)
