# The fifty checks of fifty.ts as a person would write them: one after the other, each by itself. Run as root: sh -s
bad=0
is() { [ "$2" = "$3" ] || { echo "$1: $2, not $3"; bad=1; }; }
is /srv/bench "$(stat -c '%F %a %U %G' /srv/bench)" 'directory 755 root root'
for n in 01 02 03 04 05 06 07 08; do
  is "d$n" "$(stat -c '%F %a %U %G' /srv/bench/d$n)" 'directory 750 root daemon'
done
for n in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
  is "f$n" "$(stat -c '%F %a %U %G' /srv/bench/f$n)" 'regular file 644 root root'
  is "f$n" "$(sha256sum </srv/bench/f$n)" "$(echo "file $n" | sha256sum)"
done
for n in 01 02 03 04; do is "l$n" "$(readlink /srv/bench/l$n)" "f$n"; done
for u in daemon bin; do getent passwd $u >/dev/null || { echo "no user $u"; bad=1; }; done
for p in rsync sudo openssh-server; do
  is "$p" "$(dpkg-query -W -f '${db:Status-Status}' $p)" installed
done
for s in ssh dbus systemd-journald systemd-logind; do is "$s" "$(systemctl is-active $s)" active; done
exit $bad
