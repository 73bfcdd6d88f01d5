import { parse } from 'yaml'
import { isSensitive } from '../../secret/sensitive.ts'
import { Secret } from '../../secret.ts'

/** A host writes these files: it shall not fill our memory. */
const MOST = 100

const values = (node: unknown, sensitive: boolean): readonly string[] => {
  if (typeof node === 'string') return sensitive ? [node] : []
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, inner]) => values(inner, isSensitive(key)))
}

/** The passwords and keys of a YAML text, by the names of their keys; they are masked from now on. The text must be YAML. */
export const secretsInYaml = (text: string): readonly Secret[] =>
  values(parse(text), false)
    .slice(0, MOST)
    .map(value => Secret.found(value))
