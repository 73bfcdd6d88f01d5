const word =
  /pass(words?|wds?|phrases?|codes?)?(?![a-z])|secret|token|credential|(private|master|join|api|access|licen[sc]e)_?key/i

/**
 * Does a var's name say that its value must not be seen? A message then leaves the value out. The name is all there is to
 * go by: a value that its schema refuses never became a Secret.
 */
export const isSensitive = (name: string): boolean =>
  word.test(name) && !/(file|path|dir|directory|length|policy)$/i.test(name)

/** Does a line of a file set something that must not be seen? */
export const isSensitiveLine = (line: string): boolean =>
  (line.match(/[A-Za-z_][A-Za-z0-9_-]*/g) ?? []).some(isSensitive)
