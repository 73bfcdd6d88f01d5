import { z } from 'zod'
import { sh } from '../command.ts'
import { hostFact } from './host-fact.ts'
import { likeOf, parseOsRelease } from './os-release.ts'

/** What a distribution is made after decides which package manager and which paths it has. */
const families: readonly (readonly [family: string, members: readonly string[]])[] = [
  ['debian', ['debian', 'ubuntu']],
  ['redhat', ['rhel', 'fedora', 'centos', 'amzn']],
  ['suse', ['suse', 'sles', 'opensuse']],
  ['arch', ['arch']],
  ['alpine', ['alpine']],
]

const familyOf = (id: string, like: readonly string[]): string =>
  families.find(([, members]) => [id, ...like].some(name => members.includes(name)))?.[0] ?? id

const schema = z.strictObject({
  /** `debian`, `rocky`, `alpine` ... */
  id: z.string().min(1),
  /** `debian`, `redhat`, `suse`, `arch`, `alpine`; else the id. */
  family: z.string(),
  /** As people write it: `Debian GNU/Linux 12 (bookworm)`. */
  name: z.string(),
  /** Undefined on rolling releases. */
  version: z.string().optional(),
  /** The first number of the version. */
  major: z.number().int().optional(),
  codename: z.string().optional(),
})

/** Which distribution the host has: os-release(5), https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
export const distribution = hostFact({
  kind: 'distribution',
  script: sh`cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release`,
  schema,
  read: text => {
    const values = parseOsRelease(text)
    const id = values.get('ID') ?? 'linux'
    const version = values.get('VERSION_ID')
    const [, major] = /^(\d+)/.exec(version ?? '') ?? []
    return {
      id,
      family: familyOf(id, likeOf(values)),
      name: values.get('PRETTY_NAME') ?? values.get('NAME') ?? 'Linux',
      version,
      major: major === undefined ? undefined : Number(major),
      codename: values.get('VERSION_CODENAME'),
    }
  },
})
