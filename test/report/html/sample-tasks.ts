import type { ChangeReport } from '../../../lib/event.ts'

/** One kind of task of a sample: what it says, and what it costs. */
export interface Kind {
  readonly title: (n: number) => string
  readonly change: string
  readonly command: string
  /** Milliseconds on a middling host. */
  readonly ms: number
  /** How often it has something to change, against the others. */
  readonly often: number
  readonly report: (host: string) => ChangeReport
  readonly output?: (host: string) => readonly string[]
  /** Why check mode cannot know. */
  readonly unknown?: string
  readonly action?: boolean
  readonly attempts?: boolean
}

const attributes = (fact: string, ...list: (readonly [string, string | undefined, string | undefined])[]) => ({
  fact,
  attributes: list.map(([name, before, after]) => ({
    name,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  })),
  texts: [],
})

const text = (fact: string, lines: readonly string[]) => ({ fact, attributes: [], texts: [{ name: 'content', lines }] })

const apps = ['rsync, postgresql', 'openjdk-21-jre-headless', 'nginx, openssl', 'nfs-common', 'chrony', 'fail2ban']
const files = [
  'system.yaml',
  'binarystore.xml',
  'artifactory.properties',
  'access.config.yml',
  'db.properties',
  'join.key',
]
const units = ['artifactory', 'filestore-sync.timer', 'postgresql', 'chrony', 'nginx']

export const kinds: readonly Kind[] = [
  {
    title: n => `packages ${apps[n % apps.length]}${n >= apps.length ? ` (${n})` : ''}`,
    change: 'install packages',
    command: 'DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends rsync postgresql',
    ms: 4200,
    often: 0.5,
    report: () => ({
      summary: 'install rsync, postgresql',
      diffs: [
        attributes('package rsync', ['version', undefined, '3.4.1+ds1-5']),
        attributes('package postgresql', ['version', undefined, '17+278']),
      ],
    }),
    output: () => [
      'Reading package lists...\n',
      'Unpacking rsync (3.4.1+ds1-5) ...\n',
      'Setting up rsync (3.4.1+ds1-5) ...\n',
      'Setting up postgresql (17+278) ...\nProcessing triggers for man-db (2.13.1-1) ...\n',
    ],
  },
  {
    title: n => `directory /var/opt/jfrog/artifactory/etc${n > 0 ? `/${n}.d` : ''}`,
    change: 'make directory',
    command: "install -d -o artifactory -g artifactory -m 0750 -- '/var/opt/jfrog/artifactory/etc'",
    ms: 35,
    often: 1,
    report: () => ({
      summary: 'make directory /var/opt/jfrog/artifactory/etc',
      diffs: [
        attributes(
          'path /var/opt/jfrog/artifactory/etc',
          ['kind', undefined, 'directory'],
          ['owner', undefined, 'artifactory'],
          ['mode', undefined, '0750'],
        ),
      ],
    }),
  },
  {
    title: n => `file /var/opt/jfrog/artifactory/etc/${files[n % files.length]}${n >= files.length ? `.${n}` : ''}`,
    change: 'write the file',
    command: "baton-write '/var/opt/jfrog/artifactory/etc/system.yaml' 0640 artifactory:artifactory",
    ms: 60,
    often: 1.4,
    report: host => ({
      summary: 'write /var/opt/jfrog/artifactory/etc/system.yaml',
      diffs: [
        attributes('path /var/opt/jfrog/artifactory/etc/system.yaml', ['mode', '0644', '0640']),
        text('path /var/opt/jfrog/artifactory/etc/system.yaml', [
          '@@ -3,9 +3,11 @@',
          ' shared:',
          '   database:',
          '     type: postgresql',
          '-    url: jdbc:postgresql://db-old.example.net:5432/artifactory',
          '+    url: jdbc:postgresql://db.example.net:5432/artifactory?sslmode=verify-full',
          '     username: artifactory',
          '-    password: [secret]',
          '+    password: [secret]',
          '   node:',
          ...(host.endsWith('1') ? ['-    haEnabled: false'] : []),
          '+    haEnabled: true',
          `+    id: ${host.startsWith('art-sin') ? host : 'artifactory'}`,
          ' artifactory:',
        ]),
      ],
    }),
  },
  {
    title: n =>
      `sysctl ${['fs.file-max', 'net.core.somaxconn', 'vm.swappiness', 'vm.max_map_count'][n % 4]}${n >= 4 ? ` ${n}` : ''}`,
    change: 'set the kernel parameter',
    command: "sysctl -q -w 'net.core.somaxconn=4096'",
    ms: 25,
    often: 0.8,
    report: () => ({
      summary: 'set net.core.somaxconn',
      diffs: [attributes('sysctl net.core.somaxconn', ['value', '4096', '16384'])],
    }),
  },
  {
    title: n => `service ${units[n % units.length]}${n >= units.length ? `@${n}` : ''}`,
    change: 'start the unit',
    command: "systemctl enable --now 'artifactory.service'",
    ms: 1900,
    often: 0.6,
    attempts: true,
    unknown: 'the package "openjdk-21-jre-headless" is not installed yet, and may bring the unit',
    report: () => ({
      summary: 'enable and start artifactory.service',
      diffs: [
        attributes('unit artifactory.service', ['enabled', 'disabled', 'enabled'], ['active', 'inactive', 'active']),
      ],
    }),
  },
  {
    title: n => `user artifactory${n > 0 ? `-${n}` : ''}`,
    change: 'make the user',
    command: "useradd --system --uid 1030 --home-dir '/var/opt/jfrog/artifactory' 'artifactory'",
    ms: 90,
    often: 0.5,
    report: () => ({
      summary: 'make the user artifactory',
      diffs: [attributes('user artifactory', ['uid', undefined, '1030'], ['shell', undefined, '/usr/sbin/nologin'])],
    }),
  },
  {
    title: n => `wait for readiness${n > 0 ? ` of service ${n}` : ''}`,
    change: 'ask for readiness',
    command: "curl -fsS --max-time 5 'http://localhost:8082/artifactory/api/v1/system/readiness'",
    ms: 2600,
    often: 0.35,
    action: true,
    report: () => ({ summary: 'GET /artifactory/api/v1/system/readiness until it answers 200', diffs: [] }),
  },
]
