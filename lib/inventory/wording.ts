import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue

const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'empty',
}

const bound = (issue: Issue & { code: 'too_small' | 'too_big' }): string => {
  const [limit, least, more] =
    issue.code === 'too_small' ? [issue.minimum, 'at least', 'more than'] : [issue.maximum, 'at most', 'less than']
  const count = issue.inclusive === false ? `${more} ${limit}` : `${least} ${limit}`
  const one = Number(limit) === 1
  if (issue.origin === 'string') return `must have ${count} character${one ? '' : 's'}`
  if (issue.origin === 'array' || issue.origin === 'set') return `must have ${count} entr${one ? 'y' : 'ies'}`
  return `must be ${count}`
}

const format = (issue: Issue & { code: 'invalid_format' }): string => {
  if (issue.format === 'regex') return `must match ${String(issue.pattern)}`
  if (issue.format === 'starts_with') return `must start with ${JSON.stringify(issue.prefix)}`
  if (issue.format === 'ends_with') return `must end with ${JSON.stringify(issue.suffix)}`
  if (issue.format === 'includes') return `must contain ${JSON.stringify(issue.includes)}`
  const known: Readonly<Record<string, string>> = {
    url: 'a URL',
    email: 'an e-mail address',
    ipv4: 'an IPv4 address',
    ipv6: 'an IPv6 address',
  }
  return `must be ${known[issue.format] ?? `a valid ${issue.format}`}`
}

const list = (values: readonly unknown[]): string =>
  values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`

/** What was expected, in words that follow a var's name. A message that the schema's author gave is not asked for here. */
export const expectation = (issue: Issue): string | undefined => {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${types[issue.expected] ?? `of type ${issue.expected}`}`
    case 'too_small':
    case 'too_big':
      return bound(issue)
    case 'invalid_format':
      return format(issue)
    case 'invalid_value':
      return `must be ${list(issue.values.map(String))}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_key':
      return 'has a key that is not allowed'
    case 'invalid_union':
      return Array.isArray(issue.options)
        ? `must be ${list(issue.options.map(String))}`
        : 'has none of the allowed forms'
    case 'custom':
      return issue.message ?? 'is not allowed'
    default:
      return undefined
  }
}
