/** Where the standby keeps what belongs to the synchronisation. */
export const layout = {
  script: '/usr/local/lib/baton/artifactory-standby-sync',
  service: 'artifactory-standby-sync.service',
  timer: 'artifactory-standby-sync.timer',
  state: '/var/lib/baton/standby',
  recoveryPoint: '/var/lib/baton/standby/recovery-point.json',
  excludes: '/var/lib/baton/standby/rsync-excludes.txt',
  passfile: '/var/lib/baton/standby/passfile',
  sshDirectory: '/var/lib/baton/standby/ssh',
  sshKey: '/var/lib/baton/standby/ssh/id_ed25519',
  knownHosts: '/var/lib/baton/standby/known_hosts',
  /** Not in /run/lock, where anybody could take it first. */
  lock: '/var/lib/baton/standby/lock',
  logName: 'artifactory-standby-sync.log',
} as const

/** The account on the active that may read, and nothing else. */
export const reader = { user: 'artifactory-sync', home: '/var/lib/artifactory-sync' } as const

/** rsync's -e: this key, this host key, no question, no configuration of anybody's. ssh(1) */
export const remoteShell = (port: number): string =>
  [
    'ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes',
    `-o UserKnownHostsFile=${layout.knownHosts} -o GlobalKnownHostsFile=/dev/null`,
    '-o ConnectTimeout=15 -o ServerAliveInterval=15 -o ServerAliveCountMax=4',
    `-p ${port} -i ${layout.sshKey}`,
  ].join(' ')
