const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\u0007', b: '\b', f: '\f', v: '\v' }

const obeyed = (said: string): string =>
  /^\d/.test(said) ? String.fromCharCode(Number.parseInt(said, 8) & 0xff) : (controls[said] ?? said)

/**
 * What shells make of a text with backslashes in it by mistake: `echo` obeys them, `read` without `-r` drops them.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/echo.html and read.html
 */
export const misreadings = (text: string): readonly string[] =>
  text.includes('\\')
    ? [
        text.replace(/\\(0[0-7]{0,3}|[1-7][0-7]{0,2}|[\\abfnrtv])/g, (_, said: string) => obeyed(said)),
        text.replace(/\\([\s\S])/g, '$1'),
      ]
    : []
