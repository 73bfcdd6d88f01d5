import type { Problem, SourceLocation } from '../../errors.ts'
import type { Setting, Traced } from '../traced.ts'
import { readNumber } from './number.ts'
import { readText } from './text.ts'

/** Not a Python literal: the value is the text that is written there. */
class NotALiteral extends Error {}

/** What of a Python literal nothing here can hold as it is. */
interface Unholdable {
  readonly what: string
  readonly offset: number
}

/** Python itself reads no deeper. */
const DEEPEST = 200

class Reader {
  readonly #text: string
  readonly #at: (offset: number) => SourceLocation
  /** The first of them. It counts only if the rest is a literal too. */
  unholdable: Unholdable | undefined
  #next = 0
  #depth = 0

  constructor(text: string, at: (offset: number) => SourceLocation) {
    this.#text = text
    this.#at = at
  }

  /** The whole text: one expression, or several with commas between, which are a tuple; a comment may follow. */
  whole(): Traced {
    this.#space()
    const first = this.#expression()
    const value: Traced = this.#peek() === ',' ? this.#items(first, '') : first
    if (this.#next < this.#text.length && this.#peek() !== '#') throw new NotALiteral()
    return value
  }

  #cannotHold(what: string, offset: number): void {
    this.unholdable ??= { what, offset }
  }

  #peek(): string | undefined {
    return this.#text[this.#next]
  }

  #space(): void {
    while (/^[ \t\f]$/.test(this.#peek() ?? '')) this.#next++
  }

  #eat(mark: string): boolean {
    if (!this.#text.startsWith(mark, this.#next)) return false
    this.#next += mark.length
    this.#space()
    return true
  }

  #expression(): Traced {
    const from = this.#next
    const mark = this.#peek()
    if (mark === '[' || mark === '(' || mark === '{') {
      if (++this.#depth > DEEPEST) throw new NotALiteral()
      this.#eat(mark)
      const value = mark === '[' ? this.#list(from) : mark === '(' ? this.#tuple(from) : this.#dict(from)
      this.#depth--
      return value
    }
    const value = this.#word() ?? this.#number() ?? this.#strings()
    if (value === undefined) throw new NotALiteral()
    return { kind: 'scalar', at: this.#at(from), value: value.value, text: this.#text.slice(from, this.#next).trim() }
  }

  #word(): { readonly value: boolean | null } | undefined {
    const [word] = /^[\p{L}_][\p{L}\p{N}_]*(?!["'\p{L}\p{N}_])/u.exec(this.#text.slice(this.#next)) ?? []
    if (word === undefined) return undefined
    const [emptySet] = /^set[ \t\f]*\([ \t\f]*\)/.exec(this.#text.slice(this.#next)) ?? []
    if (emptySet !== undefined) {
      this.#cannotHold('a set', this.#next)
      this.#eat(emptySet)
      return { value: null }
    }
    if (word !== 'True' && word !== 'False' && word !== 'None') throw new NotALiteral()
    this.#eat(word)
    return { value: word === 'None' ? null : word === 'True' }
  }

  #number(): { readonly value: number } | undefined {
    const from = this.#next
    const [sign = ''] = /^[+-][ \t\f]*/.exec(this.#text.slice(from)) ?? []
    const found = readNumber(this.#text.slice(from + sign.length))
    if (!found) return undefined
    this.#eat(this.#text.slice(from, from + sign.length + found.length))
    if ('wrong' in found) {
      this.#cannotHold(found.wrong, from)
      return { value: 0 }
    }
    return { value: sign.startsWith('-') ? -found.value : found.value }
  }

  /** As in Python, strings beside each other are one. */
  #strings(): { readonly value: string } | undefined {
    let value: string | undefined
    let bytes: boolean | undefined
    for (;;) {
      const found = readText(this.#text.slice(this.#next))
      if (!found) return value === undefined ? undefined : { value }
      if ('wrong' in found) this.#cannotHold(found.wrong, this.#next)
      else value = (value ?? '') + found.value
      value ??= ''
      // Bytes and text beside each other are no literal.
      const now = 'wrong' in found && found.wrong === 'bytes'
      if (bytes !== undefined && bytes !== now) throw new NotALiteral()
      bytes = now
      this.#eat(this.#text.slice(this.#next, this.#next + found.length))
    }
  }

  /** What follows the first item of a list up to `close`; the empty string is the end of the text. */
  #items(first: Traced, close: string): Traced {
    const items = [first]
    const atEnd = () => (close ? this.#peek() === close : this.#peek() === undefined || this.#peek() === '#')
    while (!atEnd()) {
      if (!this.#eat(',')) throw new NotALiteral()
      if (!atEnd()) items.push(this.#expression())
    }
    this.#eat(close)
    return { kind: 'list', at: first.at, items }
  }

  #list(from: number): Traced {
    const at = this.#at(from)
    if (this.#eat(']')) return { kind: 'list', at, items: [] }
    return { ...this.#items(this.#expression(), ']'), at }
  }

  #tuple(from: number): Traced {
    const at = this.#at(from)
    if (this.#eat(')')) return { kind: 'list', at, items: [] }
    const first = this.#expression()
    // Without a comma the parentheses mean nothing.
    return this.#eat(')') ? first : { ...this.#items(first, ')'), at }
  }

  #dict(from: number): Traced {
    const entries = new Map<string, Setting>()
    let isSet: boolean | undefined
    while (!this.#eat('}')) {
      const key = this.#expression()
      isSet ??= this.#peek() !== ':'
      if (isSet) this.#cannotHold('a set', from)
      else {
        if (!this.#eat(':')) throw new NotALiteral()
        if (key.kind !== 'scalar') this.#cannotHold('a mapping with keys that are no text', from)
        const name = key.kind === 'scalar' ? String(key.value) : ''
        entries.set(name, { name, at: key.at, value: this.#expression() })
      }
      if (this.#peek() !== '}' && !this.#eat(',')) throw new NotALiteral()
    }
    return { kind: 'map', at: this.#at(from), entries }
  }
}

/**
 * The value of a var of an INI inventory: a Python literal (numbers, True, False, None, quoted text, lists, tuples, mappings),
 * or else the text as it is written. What Python holds and JSON does not (sets, bytes, whole numbers past 2^53) is a problem.
 * Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/ini_inventory.html and
 * https://docs.python.org/3/library/ast.html#ast.literal_eval
 */
export const parseLiteral = (text: string, at: (offset: number) => SourceLocation, problems: Problem[]): Traced => {
  const asText: Traced = { kind: 'scalar', at: at(0), value: text, text }
  const reader = new Reader(text, at)
  let value: Traced
  try {
    value = reader.whole()
  } catch (error) {
    if (error instanceof NotALiteral) return asText
    throw error
  }
  if (!reader.unholdable) return value
  problems.push({
    message: `the value is ${reader.unholdable.what}, as Python reads it; that cannot be held here`,
    at: at(reader.unholdable.offset),
    hint: 'Put it in quotes within quotes to make it text: name=\'"VALUE"\'.',
  })
  return asText
}
