/** A terminal without edges: where text ends up that moves the cursor and erases lines. Throws for what it does not know. */
export const screen = (text: string): readonly string[] => {
  const lines: string[] = ['']
  let [row, column] = [0, 0]
  for (let at = 0; at < text.length; ) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is driven by them
    const [whole = '', code] = /^\u001b\[(\??[0-9]*[A-Za-z])/.exec(text.slice(at, at + 16)) ?? []
    const character = text[at] ?? ''
    at += whole.length || 1
    if (code === '2K') lines[row] = ''
    else if (code === '1A') row--
    else if (code === 'G') column = 0
    else if (code !== undefined && !/^(\?25[hl]|\d+m)$/.test(code)) throw new Error(`unknown sequence ${code}`)
    else if (character === '\n') {
      row++
      column = 0
      lines[row] ??= ''
    } else if (code === undefined) {
      if (character < ' ' && character !== '\t') throw new Error(`control character ${JSON.stringify(character)}`)
      const line = (lines[row] ?? '').padEnd(column)
      lines[row] = line.slice(0, column) + character + line.slice(column + 1)
      column++
    }
    if (row < 0) throw new Error('the cursor left the screen')
  }
  return lines
}
