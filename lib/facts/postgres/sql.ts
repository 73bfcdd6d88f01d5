declare const made: unique symbol
/** SQL that no value can have got into unquoted: only the `sql` tag makes one. */
export interface Sql {
  readonly text: string
  readonly [made]?: true
}

/** Without NUL bytes; an escape string means the same whatever standard_conforming_strings says. */
const literal = (value: string): string => {
  if (value.includes('\0')) throw new TypeError('a value of SQL cannot hold a NUL byte')
  return `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

/**
 * SQL text. A string that is put into it becomes a quoted literal; other Sql stays as it is.
 * https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS-ESCAPE
 */
export const sql = (texts: TemplateStringsArray, ...parts: readonly (string | number | Sql)[]): Sql => ({
  text: texts.reduce((before, after, i) => {
    const part = parts[i - 1]!
    return before + (typeof part === 'object' ? part.text : typeof part === 'number' ? part : literal(part)) + after
  }),
})

/** A name of a role, table or database, quoted. */
export const identifier = (name: string): Sql => {
  if (name === '' || name.includes('\0')) throw new TypeError('not a name of SQL')
  return { text: `"${name.replaceAll('"', '""')}"` }
}
