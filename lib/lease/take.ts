import { type Command, type Output, sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { type Answer, parseAnswer } from './answer.ts'
import { type Writer, writerArgs, writesLeases } from './host-script.ts'

/**
 * Sets `left`: seconds for which the lease that `look` has read is still another run's; 0: it can be had.
 *
 * One that expires further ahead than it is long, because the clock went back, or that cannot be read, because the power
 * failed before it was on the disk, is believed for one lease from when somebody first asked and no longer. When that was
 * is noted in argument 1, a file. Its holder, if it lives, renews it meanwhile: the note is of another lease then.
 */
const judge = sh`
judge() {
  left=0
  [ "$top" -gt 0 ] || return 0
  case $state in released | broken) return 0 ;; esac
  [ "$run" != "$me" ] || return 0
  [ -z "$ended" ] || [ "$run" != "$ended" ] || return 0
  number "$ttl" || ttl=$seconds
  if number "$expires" && [ $((expires - now)) -le "$ttl" ]; then
    left=$((expires - now))
  else
    number "$expires" || expires=none
    noted= of=
    { IFS=' ' read -r noted of; } 2>/dev/null <"$1"
    if ! number "$noted" || [ "$of" != "$top:$expires" ] || [ "$noted" -gt "$now" ]; then
      noted=$now
      printf '%s %s\\n' "$now" "$top:$expires" >"$1"
    fi
    left=$((noted + ttl - now))
  fi
  [ "$left" -gt 0 ] || left=0
}`

/**
 * Who has made lease.N+1 by a hard link, which fails where there is one, has it: no lock is needed, and whoever is killed at
 * any moment leaves nothing but a lease that runs out. The highest file is never removed, so a taker that was stopped for long
 * sees behind its link that its number is from the past.
 * Source: https://pubs.opengroup.org/onlinepubs/9799919799/functions/link.html
 */
const script = sh`
${writesLeases}
${judge}
mkdir -p "$dir" || exit 1
tries=30
while :; do
  clock
  if [ -n "$other" ]; then
    highest "$other"
    look "$other"
    judge "$dir/unsure.beside"
    [ "$left" -eq 0 ] || { say held "$other" "$top"; exit 0; }
  fi
  highest "$dir"
  look "$dir"
  judge "$dir/unsure"
  if [ "$state" = held ] && [ "$run" = "$me" ] && [ -n "$process" ] && [ "$holder" = "$process" ]; then
    say mine "$dir" "$top"
    exit 0
  fi
  [ "$left" -eq 0 ] || { say held "$dir" "$top"; exit 0; }
  before=$top mine=$((top + 1))
  put "$mine" held $((now + seconds))
  if said=$(ln "$new" "$dir/lease.$mine" 2>&1); then
    rm -f "$new"
    highest "$dir"
    [ "$top" -ne "$mine" ] || break
    rm -f "$dir/lease.$mine"
  elif [ -e "$new" ] && [ ! -e "$dir/lease.$mine" ]; then
    rm -f "$new"
    printf '%s\\n' "$said" >&2
    exit 1
  fi
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo 'other runs were always a moment faster' >&2; exit 1; }
done
if [ -n "$other" ]; then
  highest "$other"
  look "$other"
  judge "$dir/unsure.beside"
  if [ "$left" -gt 0 ]; then
    put "$mine" released "$now"
    mv -f "$new" "$dir/lease.$mine" || exit 1
    say held "$other" "$top"
    exit 0
  fi
fi
sync "$dir/lease.$mine" "$dir" 2>/dev/null
set -- "$dir"/.new.* "$dir"/unsure*
for file in "$dir"/lease.*; do
  number "\${file##*/lease.}" && [ "\${file##*/lease.}" -lt "$before" ] && set -- "$@" "$file"
done
rm -f "$@"
say taken "$dir" "$before" "$mine"
exit 0`

/**
 * Takes the lease of a host, unless another run has one that has not run out. One of the same run, or of one that has ended, it
 * takes over at once; one of the same process, which knows the host by another name too, it shares.
 */
export const takeLease = (writer: Writer): Command => ({ script, args: writerArgs(writer), timeoutMs: 30_000 })

/** `taken`: with the lease that was there before. `held`: with the one that is in the way. */
export type Taking = Answer & { readonly word: 'taken' | 'held' }

/** Throws FactError where no lease can be taken on that host. */
export const parseTaking = (output: Output): Taking => {
  const answer = parseAnswer(output)
  if (answer.word === 'mine') return { ...answer, word: 'taken' }
  if (answer.word !== 'taken' && answer.word !== 'held') throw new FactError('the script for leases took none')
  return { ...answer, word: answer.word }
}
