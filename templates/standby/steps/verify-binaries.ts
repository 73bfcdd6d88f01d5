import { sh } from '../../../lib/command.ts'
import type { AdvancedDatabase, Verification } from '../step.ts'

/**
 * Compares every row of `binaries` in the standby's database with the standby's filestore, by name (the SHA-1) and length.
 * Both lists are sorted bytewise and merged; they take about 60 bytes a binary in the state directory. Rows that begin
 * with ## are placeholders. A file that is missing for a row no node refers to was collected on the active: a warning.
 * Some files, chosen at random, are read and hashed. One that is corrupt is set aside, so that it is copied again, and hashed
 * at each verification until its hash was right once.
 */
const definition = sh`
    verify_binaries() {
      on_standby_artifactory -c "COPY (
        SELECT rtrim(b.sha1), b.bin_length, CASE WHEN EXISTS (SELECT FROM nodes n WHERE n.sha1_actual = b.sha1) THEN 1 ELSE 0 END
        FROM binaries b WHERE b.sha1 NOT LIKE '##%' ORDER BY b.sha1 COLLATE \\"C\\") TO STDOUT (DELIMITER ' ')" \\
        >"$work/rows" || fail "cannot read the binaries of the standby's database"
      # mindepth 2: only what lies in the directory that its name begins with is where Artifactory looks for it.
      find "$filestore" -mindepth 2 -maxdepth 2 -type f -printf '%P %s\\n' >"$work/found" || fail "cannot read $filestore"
      awk 'length($1) == 43 && substr($1, 4) ~ /^[0-9a-f]*$/ && substr($1, 1, 3) == substr($1, 4, 2) "/" {
        print substr($1, 4), $2 }' "$work/found" >"$work/unsorted" && sort -T "$work" "$work/unsorted" >"$work/files" ||
        fail "cannot sort the files of $filestore"
      join -a 1 -a 2 -e - -o 0,1.2,1.3,2.2 "$work/rows" "$work/files" >"$work/joined" || fail "cannot compare"
      true >"$work/good" && true >"$work/sound" || fail "cannot write to $work"
      awk -v bad="$work/bad" -v good="$work/good" '
        $2 == "-" { extra++; extraBytes += $4; next }
        { binaries++; bytes += $2; if ($3 == 1) referenced++ }
        $4 == "-" && $3 != 1 { unreferenced++; next }
        $4 == "-" { missing++; print $1, "missing" >bad; next }
        ($4 "") != ($2 "") { wrong++; print $1, "length " $4 " instead of " $2 >bad; next }
        { print $1 >good }
        END { printf "%d %d %.0f %d %d %d %d %.0f\\n", binaries, referenced, bytes, missing, unreferenced, wrong, extra, extraBytes }
      ' "$work/joined" >"$work/counts" || fail "cannot compare"
      read -r binaries referenced bytes missing unreferenced wrong extra extra_bytes <"$work/counts" || fail "cannot compare"
      corrupt=0 hashed=0
      true >>"$state/suspect" && sort -u "$state/suspect" >"$work/suspect" && sort "$work/good" >"$work/whole" &&
        shuf -n "$sample" "$work/whole" >"$work/chosen" && join "$work/suspect" "$work/whole" >"$work/again" &&
        sort -u "$work/chosen" "$work/again" >"$work/sample" || fail "cannot choose files"
      while read -r sha1; do
        hashed=$((hashed + 1))
        path=$filestore/\${sha1%\${sha1#??}}/$sha1
        has=$(sha1sum <"$path") || fail "cannot read $sha1 in $filestore"
        if [ "\${has%% *}" = "$sha1" ]; then
          echo "$sha1" >>"$work/sound"
          continue
        fi
        corrupt=$((corrupt + 1))
        echo "$sha1 corrupt" >>"$work/bad"
        echo "$sha1" | cat "$state/suspect" - | replace "$state/suspect" && mkdir -p "$filestore/_corrupt" &&
          mv -f "$path" "$filestore/_corrupt/$sha1" || fail "cannot set the corrupt file $path aside"
        say "$path is corrupt: it lies in $filestore/_corrupt now, and the next copy fetches it again"
      done <"$work/sample"
      sort -u "$state/suspect" >"$work/suspect" && sort "$work/sound" >"$work/cleared" &&
        join -v 1 "$work/suspect" "$work/cleared" >"$work/left" && replace "$state/suspect" <"$work/left" ||
        fail "cannot write to $state"
      say "$binaries binaries, $referenced referenced, $bytes bytes; $missing missing, $wrong of another length," \\
        "$corrupt of $hashed hashed are corrupt; missing without reference $unreferenced, files without row $extra"
      verdict=verified
      [ "$missing" -eq 0 ] && [ "$wrong" -eq 0 ] && [ "$corrupt" -eq 0 ] || verdict=incomplete
    }`

/** Looks in the filestore for every binary that the database at the position knows. */
export const verifyBinaries = ({ at }: { readonly at: AdvancedDatabase }): Verification => ({
  definition,
  call: ['verify_binaries'],
  before: at,
})
