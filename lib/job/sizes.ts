import { sh } from '../command.ts'

/**
 * baton_sizes DIR: sets baton_err_size and baton_out_size. One process, which only looks: wc reads all of a file in busybox.
 * How many fields a date has depends on the ls, so they are counted from the start of each half.
 * baton_smaller A B: sets baton_least.
 */
export const sizes = sh`
baton_sizes() {
  set -- $(cd "$1" && ls -ln err out 2>/dev/null)
  baton_err_size=\${5:-}
  shift "$(($# / 2))"
  baton_out_size=\${5:-}
  baton_number "$baton_err_size" || baton_err_size=0
  baton_number "$baton_out_size" || baton_out_size=0
}
baton_smaller() {
  if [ "$1" -le "$2" ]; then baton_least=$1; else baton_least=$2; fi
}`
