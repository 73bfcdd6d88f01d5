#!/bin/sh
# mmdebstrap's customize hook, $1 is the root: what makes the packages a lab host that any lab can use.
set -eu
root=$1

# Two of one identity must not meet: made for every host apart.
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id" "$root/etc/resolv.conf" "$root/etc/hostname"

# The people who log in. Keys and the operator's password come with the lab.
chroot "$root" useradd --uid 1000 --user-group --create-home --shell /bin/bash admin
# Debian has a group operator already.
chroot "$root" useradd --uid 1001 --gid operator --create-home --shell /bin/bash operator
cat >"$root/etc/sudoers.d/lab" <<'SUDOERS'
admin ALL=(ALL:ALL) NOPASSWD: ALL
operator ALL=(ALL:ALL) ALL
SUDOERS
chmod 0440 "$root/etc/sudoers.d/lab"

# sshd punishes an address that failed to log in by not answering it for a while: PerSourcePenalties, sshd_config(5). All of
# the lab's tests come from one address, and some fail to log in on purpose.
cat >"$root/etc/ssh/sshd_config.d/lab.conf" <<'SSHD'
PerSourcePenalties no
SSHD

# The journal of a host shall survive its power cut.
mkdir -p "$root/var/log/journal"

# The hosts have no way out: an apt repository of their own, two versions of a package that does nothing.
apt=$root/srv/apt
mkdir -p "$apt"
for version in 1.0 1.1; do
  build=$root/tmp/baton-lab-hello
  mkdir -p "$build/DEBIAN" "$build/usr/share/baton-lab-hello"
  echo "hello $version" >"$build/usr/share/baton-lab-hello/greeting"
  cat >"$build/DEBIAN/control" <<CONTROL
Package: baton-lab-hello
Version: $version
Architecture: all
Maintainer: Baton lab <lab@example.invalid>
Section: misc
Priority: optional
Description: package for the tests of package tasks
CONTROL
  deb=baton-lab-hello_${version}_all.deb
  chroot "$root" dpkg-deb --root-owner-group --build /tmp/baton-lab-hello "/srv/apt/$deb" >/dev/null
  {
    cat "$build/DEBIAN/control"
    echo "Filename: ./$deb"
    echo "Size: $(stat -c %s "$apt/$deb")"
    echo "SHA256: $(sha256sum <"$apt/$deb" | cut -d ' ' -f 1)"
    echo
  } >>"$apt/Packages"
  rm -rf "$build"
done
rm -f "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/* "$root"/etc/apt/apt.conf.d/99mmdebstrap
echo 'deb [trusted=yes] file:/srv/apt ./' >"$root/etc/apt/sources.list"
