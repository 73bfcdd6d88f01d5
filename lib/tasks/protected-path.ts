const depth = (path: string): number => path.split('/').length - 1

/** Whole worlds: nothing in them is removed by a path. */
const sealed = [
  '/proc',
  '/sys',
  '/dev',
  '/boot',
  '/run/systemd',
  '/lib',
  '/lib32',
  '/lib64',
  '/bin',
  '/sbin',
  '/lost+found',
]

/** Directories whose children may go one by one, but never they themselves. */
const roots = [
  ...['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libexec', 'share', 'local', 'include', 'src', 'games'].map(
    n => `/usr/${n}`,
  ),
  ...['bin', 'sbin', 'lib', 'share', 'etc'].map(n => `/usr/local/${n}`),
  ...['lib', 'log', 'cache', 'spool', 'mail', 'opt', 'run', 'tmp', 'backups', 'local', 'lock'].map(n => `/var/${n}`),
  ...['dpkg', 'apt', 'rpm', 'systemd', 'pam', 'mysql', 'postgresql', 'containerd', 'docker'].map(n => `/var/lib/${n}`),
  ...['ssh', 'ssl', 'pam.d', 'systemd', 'apt', 'default', 'init.d', 'network', 'security', 'sudoers.d'].map(
    n => `/etc/${n}`,
  ),
  ...['lock', 'user', 'dbus', 'udev'].map(n => `/run/${n}`),
  '/opt/jfrog',
]

/**
 * Why a directory at this path is never removed with all that it holds; `undefined`: it may be. A typing error or an empty
 * variable in a playbook ends at such a path.
 */
export const whyProtected = (path: string): string | undefined => {
  if (depth(path) < 2) return `${path} is a top-level directory`
  if (sealed.some(world => path.startsWith(`${world}/`) || path === world)) return `${path} belongs to the system`
  if (roots.includes(path)) return `${path} belongs to the system`
  if (/^\/home\/[^/]+$/.test(path)) return `${path} is somebody's home`
  return undefined
}
