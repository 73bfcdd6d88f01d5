# The fifty checks of fifty.ts as somebody would write them who counts processes: one for each kind. Run as root: sh -s
cd /srv/bench || exit 1
nn='01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30'
f= want= sums=
for n in $nn; do f="$f f$n"; want="${want}regular file 644 root root f$n
"; done
for n in 01 02 03 04 05 06 07 08; do f="$f d$n"; want="${want}directory 750 root daemon d$n
"; done
[ "$(stat -c '%F %a %U %G %n' $f . | sort)" = "$(printf '%sdirectory 755 root root .' "$want" | sort)" ] || bad=1
sha256sum f* | sha256sum | grep -q 40e7b0b11514806f45bf8dbef1a18c329e07698137ccb66c70a177a514878377 || bad=1
[ "$(readlink l01 l02 l03 l04 | tr '\n' ' ')" = 'f01 f02 f03 f04 ' ] || bad=1
getent passwd daemon bin >/dev/null || bad=1
[ "$(dpkg-query -W -f '${db:Status-Status} ' rsync sudo openssh-server)" = 'installed installed installed ' ] || bad=1
[ "$(systemctl show -p ActiveState --value ssh dbus systemd-journald systemd-logind | tr -s '\n' ' ')" = 'active active active active ' ] || bad=1
[ -z "$bad" ] || { echo "not as it should be"; exit 1; }
