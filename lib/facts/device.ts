import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact } from './fact.ts'

/**
 * What the kernel will call the source of a mount: the device behind `UUID=...`, `LABEL=...` or a link such as /dev/vg/data. What names no
 * device (`host:/export`, `tmpfs`) is its own answer; `undefined`: there is no such device now.
 */
export type Device = { readonly source: string | undefined }

/** One `findfs` a tag, `readlink -f` a path. findfs(8), https://man7.org/linux/man-pages/man8/findfs.8.html */
export const device = defineFact<string, Device>({
  kind: 'device',
  id: source => source,
  ask: sources => ({
    script: sh`
      for s do
        case $s in
          UUID=*|LABEL=*|PARTUUID=*|PARTLABEL=*)
            command -v findfs >/dev/null || { echo 'findfs is missing' >&2; exit 1; }
            found=$(findfs "$s" 2>/dev/null) && found=$(readlink -f -- "$found") || found= ;;
          /dev/*)
            found=
            [ ! -b "$s" ] || found=$(readlink -f -- "$s") || exit 1 ;;
          *) found=$s ;;
        esac
        # What device mapper made, the kernel lists by its name there.
        case $found in
          /dev/dm-*) name=$(cat "/sys/block/\${found#/dev/}/dm/name") && found=/dev/mapper/$name || exit 1 ;;
        esac
        printf '%s\\0' "$found"
      done`,
    args: sources,
  }),
  parse: ({ code, stdout, stderr }, sources) => {
    if (code !== 0) throw new FactError(`cannot find a device: ${stderr.toString().trim()}`)
    const words = stdout.toString().split('\0').slice(0, -1)
    if (words.length !== sources.length) throw new FactError('a device could not be found out')
    return words.map(source => ({ source: source === '' ? undefined : source }))
  },
  absent: answer => answer.source === undefined,
})
