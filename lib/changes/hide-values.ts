import { isSensitiveLine } from '../secret/sensitive.ts'

/** A line of a unified diff that sets a password, by its name, without the value: `-db.password=[secret]`. */
export const hideValues = (line: string): string =>
  /^[-+ ]/.test(line) && isSensitiveLine(line.slice(1))
    ? `${/^.\s*[^\s=:]*\s*[=:]?\s*/.exec(line)?.[0] ?? line.slice(0, 1)}[secret]`
    : line
