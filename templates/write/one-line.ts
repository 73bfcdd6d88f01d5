/** For formats in which a line end cannot be escaped: it would begin a line that nobody wrote into the template. */
export const oneLine = (what: string, text: string): string => {
  if (/[\n\r\0]/.test(text)) throw new Error(`${what} must be one line, and is ${JSON.stringify(text.slice(0, 80))}`)
  return text
}
