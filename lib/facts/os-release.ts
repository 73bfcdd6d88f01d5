/** `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"`: shell quoting, which is read and never evaluated. */
const unquoted = (value: string): string => {
  const [, double] = /^"(.*)"$/s.exec(value) ?? []
  if (double !== undefined) return double.replace(/\\([\\$"`])/g, '$1')
  return /^'(.*)'$/s.exec(value)?.[1] ?? value
}

/** os-release(5), https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
export const parseOsRelease = (text: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim()) ?? []
    if (name && value !== undefined) values.set(name, unquoted(value))
  }
  return values
}

/** `ID_LIKE="rhel centos fedora"` */
export const likeOf = (values: ReadonlyMap<string, string>): readonly string[] =>
  values.get('ID_LIKE')?.split(' ').filter(Boolean) ?? []
