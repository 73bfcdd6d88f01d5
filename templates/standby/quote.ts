/** A value as one word of POSIX sh, https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02 */
export const quote = (value: string): string => {
  if (value.includes('\0')) throw new TypeError('a word of a shell script cannot hold a NUL byte')
  return `'${value.replaceAll("'", `'\\''`)}'`
}
