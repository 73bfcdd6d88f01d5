import { isSensitiveLine } from '../secret/sensitive.ts'

/** Lines that are secrets by their form: of a .pgpass, https://www.postgresql.org/docs/current/libpq-pgpass.html, or with a hash of crypt(5). */
const credentials = /^\s*([^:\s]+:){4}|:(\$\w+\$|\{\w+\})/

/** A line of a unified diff without the value of a password that it sets: `-db.password=[secret]`. */
export const hideValues = (line: string): string => {
  const [sign, text] = [line.slice(0, 1), line.slice(1)]
  if (!'-+ '.includes(sign)) return line
  if (credentials.test(text)) return `${sign}[secret]`
  return isSensitiveLine(text) ? `${sign}${/^\s*[^\s=:]*\s*[=:]?\s*/.exec(text)?.[0] ?? ''}[secret]` : line
}
