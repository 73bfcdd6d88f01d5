/**
 * Where the Artifactory stand-in lives on a host: the layout, user and ports of the real 7.x deb package.
 *
 * Sources: https://jfrog.com/help/r/jfrog-installation-setup-documentation/data-directory and the `artifactory` role of
 * https://github.com/jfrog/JFrog-Cloud-Installers (uid and gid 1030, unit file, ports).
 */

/** The version the stand-in claims to be when `installArtifactory` is given none. */
export const defaultVersion = '7.104.5'

export const account = { user: 'artifactory', group: 'artifactory', uid: 1030, gid: 1030 } as const

/** TCP ports. 8082 is the one that users meet; 8081 is behind it. */
export const ports = { artifactory: 8081, router: 8082, routerInternal: 8046, access: 8040 } as const

const home = '/opt/jfrog/artifactory'
const app = `${home}/app`
const variable = '/var/opt/jfrog/artifactory'

/** Absolute paths on a host. `var` is the real directory; `varLink` the symbolic link that $JFROG_HOME leads to. */
export const paths = {
  jfrogHome: '/opt/jfrog',
  home,
  app,
  server: `${app}/artifactory/stand-in.cjs`,
  control: `${app}/bin/artifactoryctl`,
  console: `${app}/bin/artifactory.sh`,
  versionFile: `${app}/artifactory.product.version.properties`,
  run: `${app}/run`,
  pidFile: `${app}/run/artifactory.pid`,
  var: variable,
  varLink: `${home}/var`,
  etc: `${variable}/etc`,
  systemYaml: `${variable}/etc/system.yaml`,
  systemYamlTemplate: `${variable}/etc/system.basic-template.yaml`,
  masterKey: `${variable}/etc/security/master.key`,
  joinKey: `${variable}/etc/security/join.key`,
  binarystore: `${variable}/etc/artifactory/binarystore.xml`,
  filestore: `${variable}/data/artifactory/filestore`,
  log: `${variable}/log`,
  serviceLog: `${variable}/log/artifactory-service.log`,
  consoleLog: `${variable}/log/console.log`,
  unit: '/usr/lib/systemd/system/artifactory.service',
  environment: '/etc/default/artifactory',
} as const

/** Directories below `var`, all of user and group artifactory, mode 0750. */
export const varDirectories = [
  'etc',
  'etc/security',
  'etc/access',
  'etc/artifactory',
  'etc/artifactory/plugins',
  'data',
  'data/artifactory',
  'data/artifactory/filestore',
  'data/artifactory/filestore/_pre',
  'data/artifactory/tmp',
  'data/artifactory/cache',
  'data/access',
  'log',
  'work',
  'backup',
  'bootstrap',
] as const
