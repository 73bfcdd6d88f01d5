#!/bin/sh
# keep.sh MACHINE PROGRAM [ARGUMENT...]: runs a container where systemd is not there to do it, and again each time it asks
# for a reboot. With --keep-unit, systemd-nspawn leaves by exit code 133 then (systemd-nspawn@.service has the same rule).
#
# Every container needs control groups of its own: nspawn calls its groups "payload" and "supervisor" below the ones it was
# started in, and two systemds in one group take each other's units for their own.
machine=$1
shift
cd /
groups=
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  [ -e "$hierarchy/cgroup.procs" ] && groups="$groups $hierarchy/baton-lab/$machine"
done
while :; do
  # shellcheck disable=SC2086 # a list of paths without spaces
  (
    for group in $groups; do
      mkdir -p "$group" && echo 0 >"$group/cgroup.procs" # 0: the process that writes
    done
    exec "$@"
  )
  code=$?
  for group in $groups; do
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
  done
  [ "$code" = 133 ] || exit "$code"
done
