import { type Command, sh } from '../command.ts'
import type { Os } from '../facts/os.ts'
import { installed } from '../facts/packages.ts'
import type { InstallOptions, PackageManager, PackageSpec } from './package-manager.ts'

// Asks nobody: conffiles that an admin changed stay, and needrestart restarts no service.
const quiet = sh`
  export DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical LC_ALL=C
  export APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1
  apt() {
    apt-get -q -y -o DPkg::Lock::Timeout=120 -o APT::Color=0 -o Dpkg::Use-Pty=0 \\
      -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
  }`

// DPkg::Lock::Timeout is not for the lock of the lists, which a freshly booted host's own apt-daily may hold.
const update = sh`
  update() {
    deadline=$(($(date +%s) + 120))
    while :; do
      said=$(apt update 2>&1) && return
      case $said in
        *'Could not get lock'*) [ "$(date +%s)" -ge "$deadline" ] || { sleep 2; continue; } ;;
      esac
      printf '%s\\n' "$said" >&2
      exit 1
    done
  }`

/**
 * `"$1"` `yes`: what is not named may be upgraded; `"$2"` options of apt-get; then packages. Looks first what it would do:
 * `Inst libc6 [2.36-9] (2.36-10 ...)` is an upgrade, `Remv vim [9.0]` a removal.
 */
const install = sh`
  ${quiet}
  ${update}
  upgrades=$1 update=$2 options=$3
  shift 3
  [ "$update" != yes ] || update
  # The options are ours, and words without blanks.
  plan=$(apt -s $options install -- "$@") || { printf '%s\\n' "$plan" | grep -v '^NOTE' >&2; exit 1; }
  named=" "
  nl='\n'
  for package do named="$named\${package%%=*} "; done
  for gone in $(printf '%s\\n' "$plan" | sed -n 's/^Remv \\([^ ]*\\).*/\\1/p'); do
    echo "apt would remove $gone" >&2; refused=1
  done
  if [ "$upgrades" != yes ]; then
    for other in $(printf '%s\\n' "$plan" | sed -n 's/^Inst \\([^ ]*\\) \\[.*/\\1/p'); do
      case $named in *" \${other%%:*} "*) ;; *) echo "apt would upgrade $other, which is not named" >&2; refused=1 ;; esac
    done
  fi
  for package in $named; do
    # A name that apt does not know, it takes as a pattern, or as a word for other packages.
    case "$nl$plan$nl" in
      *"\${nl}Inst $package "* | *"\${nl}Inst $package:"* | *"\${nl}Conf $package "* | *"\${nl}Conf $package:"*) continue ;;
    esac
    case $(dpkg-query -W -f '\${db:Status-Abbrev}' -- "$package" 2>/dev/null) in
      ?i*) ;;
      *) echo "apt would not install a package of the name $package" >&2; refused=1 ;;
    esac
  done
  [ -z "$refused" ] || exit 75
  apt --no-remove $options install -- "$@"`

const remove = sh`
  ${quiet}
  plan=$(apt -s remove -- "$@") || { printf '%s\\n' "$plan" >&2; exit 1; }
  named=" "
  for package do named="$named$package "; done
  for other in $(printf '%s\\n' "$plan" | sed -n 's/^Remv \\([^ ]*\\).*/\\1/p'); do
    case $named in *" \${other%%:*} "*) ;; *) echo "apt would also remove $other" >&2; refused=1 ;; esac
  done
  [ -z "$refused" ] || exit 75
  apt remove -- "$@"`

const timeoutMs = 3_600_000

const options = ({ recommends, allowDowngrade }: InstallOptions): string =>
  [recommends ? '--install-recommends' : '--no-install-recommends', allowDowngrade ? '--allow-downgrades' : '']
    .filter(Boolean)
    .join(' ')

const yes = (value: boolean): string => (value ? 'yes' : 'no')

const installCommand = (packages: readonly PackageSpec[], wish: InstallOptions): Command => ({
  script: install,
  args: [
    ...[yes(wish.allowUpgrades), yes(wish.updateCache), options(wish)],
    ...packages.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`)),
  ],
  guarded: true,
  timeoutMs,
})

/** Debian's and Ubuntu's. Source: apt-get(8), https://manpages.debian.org/stable/apt/apt-get.8.en.html */
export const apt: PackageManager = {
  name: 'apt',
  serves: ({ id, like }: Os) => [id, ...like].some(name => name === 'debian' || name === 'ubuntu'),
  installed,
  install: installCommand,
  remove: names => ({ script: remove, args: [...names], guarded: true, timeoutMs }),
}
