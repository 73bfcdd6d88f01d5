/**
 * One word of a POSIX shell, whatever is in it. Single quotes keep everything but themselves,
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02
 */
export const shellWord = (text: string): string => {
  if (text.includes('\0')) throw new Error('a shell word cannot hold a NUL character')
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) && !text.includes('=') ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** The words of a command, or of a list. */
export const shellWords = (words: readonly string[]): string => words.map(shellWord).join(' ')

/** `NAME='value'` lines, as a shell sources them. For systemd's `EnvironmentFile=` see its own rules: line ends are not for it. */
export const shellVariables = (values: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(values)
    .flatMap(([name, value]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error(`no name of a variable: ${JSON.stringify(name)}`)
      return value === undefined ? [] : [`${name}=${shellWord(String(value))}\n`]
    })
    .join('')
