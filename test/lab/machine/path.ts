/**
 * Where the lab's programs are looked for. The system comes first: npm puts node_modules/.bin in front of PATH, and there
 * is an `nft` that has nothing to do with nftables. And `su` without `-` leaves root without the sbin directories.
 */
export const searchPath = [
  ...['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'],
  ...(process.env.PATH ?? '').split(':').filter(Boolean),
]

/** The environment to start a program of the system in. */
export const systemEnvironment = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  ...env,
  PATH: searchPath.join(':'),
})
