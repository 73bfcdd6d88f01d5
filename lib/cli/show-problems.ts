import { readFile } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import { styleText } from 'node:util'
import type { Problem, SourceLocation } from '../errors.ts'
import { oneLine } from '../report/terminal-text.ts'
import { isSensitiveLine } from '../secret/sensitive.ts'
import { maskSecrets } from '../secret.ts'

const MOST_COLUMNS = 110

/** Masked before anything is cut or written out: no mask finds what is left of a secret. */
const safe = (text: string): string => oneLine(maskSecrets(text))

/** The path as the user would type it. */
const short = (file: string, cwd: string): string => {
  const path = relative(cwd, file)
  return isAbsolute(file) && !path.startsWith('..') ? path : file
}

/** The line with a caret below the column. Left out where the line is not there, or sets something that must not be seen. */
const excerpt = async ({ file, line, column }: SourceLocation, cwd: string): Promise<readonly string[]> => {
  const text = await readFile(resolve(cwd, file), 'utf8').catch(() => '')
  const shown = text.split(/\r?\n/)[line - 1] ?? ''
  if (!shown.trim() || isSensitiveLine(shown) || maskSecrets(shown) !== shown) return []
  const from = column > MOST_COLUMNS ? column - MOST_COLUMNS / 2 : 0
  const cut = shown.slice(from, from + MOST_COLUMNS)
  const caret = `${cut.slice(0, column - 1 - from).replace(/[^\t]/g, ' ')}^`
  const gutter = ' '.repeat(String(line).length)
  return [`  ${line} | ${oneLine(cut)}`, `  ${gutter} | ${caret}`]
}

/** Problems for a person: place, what is wrong, the line, a way out. */
export const showProblems = async (
  problems: readonly Problem[],
  { cwd, color }: { readonly cwd: string; readonly color: boolean },
): Promise<string> => {
  const paint = (style: 'red' | 'cyan' | 'dim', text: string): string => (color ? styleText(style, text) : text)
  const parts: string[] = []
  for (const { message, at, hint } of problems) {
    const place = at ? `${short(at.file, cwd)}:${at.line}:${at.column}: ` : ''
    const lines = [`${paint('cyan', safe(place))}${paint('red', safe(message.replaceAll(`${cwd}/`, '')))}`]
    if (at) lines.push(...(await excerpt(at, cwd)).map(line => paint('dim', line)))
    if (hint) lines.push(`  ${safe(hint)}`)
    parts.push(lines.join('\n'))
  }
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return `${parts.join('\n')}\n${count}. No host was touched.\n`
}
