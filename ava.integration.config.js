// Tests on the lab's hosts: one file at a time, because they share the hosts.
export default {
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 1,
  serial: true,
  files: ['test/integration/**/*.test.ts'],
  timeout: '5m',
}
