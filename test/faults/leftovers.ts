import type { LabHost } from '../lab/lab.ts'

/** A job that is over is forgotten at the end of its run; of a lease one small file stays. */
const script = `
find /tmp /var/tmp /home /root /srv /etc/systemd/system /var/lib/baton -xdev ! -type d 2>/dev/null
find /var/lib/baton/jobs -mindepth 1 -maxdepth 1 -type d 2>/dev/null
true`

const known = [
  // Debian's sudo says a word of welcome once.
  /\.sudo_as_admin_successful$/,
  /^\/srv\/(apt|faults\/[^/]+\/(small|large|always|last|log)$)/,
  /^\/var\/lib\/baton\/lease\/lease\.\d+$/,
]

/** The files where runs write, by path. */
export const filesThere = async (host: LabHost): Promise<ReadonlySet<string>> =>
  new Set((await host.run(['sh', '-c', script])).split('\n').filter(Boolean))

/** How many are named. */
const MOST = 5

/** What is there now, and was not before, and is nothing that a run is to leave behind. */
export const leftovers = async (host: LabHost, before: ReadonlySet<string>): Promise<readonly string[]> => {
  const left = [...(await filesThere(host))].filter(
    path => !before.has(path) && !known.some(pattern => pattern.test(path)),
  )
  const more = left.length > MOST ? [`${host.name}: ${left.length - MOST} more were left behind`] : []
  return [...left.slice(0, MOST).map(path => `${host.name}: ${path} was left behind`), ...more]
}
