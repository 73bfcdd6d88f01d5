import type { SourceLocation } from '../../errors.ts'
import type { Draft } from '../draft.ts'
import { hostsOfEntry, isGroupName, portSetting } from '../structure.ts'
import type { Setting } from '../traced.ts'
import { parseLiteral } from './literal.ts'
import { splitWords, type Word } from './words.ts'

const parts = ['hosts', 'children', 'vars']

interface Section {
  readonly group: string
  readonly part: string
  /** Undefined: the lines before the first section. */
  readonly at?: SourceLocation
}

class IniReader {
  readonly #draft: Draft
  readonly #file: string
  #line = 0
  #section: Section | undefined = { group: 'ungrouped', part: 'hosts' }

  constructor(draft: Draft, file: string) {
    this.#draft = draft
    this.#file = file
  }

  read(text: string): void {
    for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
      this.#line++
      const trimmed = line.trim()
      if (trimmed === '' || /^[#;]/.test(trimmed)) continue
      const column = line.length - line.trimStart().length + 1
      if (!this.#header(trimmed, column)) this.#entry(trimmed, column)
    }
  }

  #at(column: number): SourceLocation {
    return { file: this.#file, line: this.#line, column }
  }

  #wrong(column: number, message: string, hint?: string): void {
    this.#draft.problems.push({ message, at: this.#at(column), ...(hint !== undefined && { hint }) })
  }

  #header(line: string, column: number): boolean {
    const [, group = '', , part = 'hosts'] = /^\[([^:\]\s]+)(:(\w+))?\]\s*(?:#.*)?$/.exec(line) ?? []
    if (!group) {
      if (!/^\[.*\]$/.test(line)) return false
      this.#wrong(
        column,
        `${line} is not a section; expected [GROUP], [GROUP:children] or [GROUP:vars], without spaces`,
      )
      this.#section = undefined
      return true
    }
    const at = this.#at(column + 1)
    this.#section = undefined
    if (!parts.includes(part))
      this.#wrong(column + group.length + 2, `[${group}:${part}] is not a section; expected :children, :vars or :hosts`)
    else if (isGroupName(this.#draft, group, at)) {
      // As in Ansible: vars alone do not make a group.
      if (part === 'vars')
        this.#draft.mentionedGroup(group, at, `[${group}:vars] is for the group ${group}, which is declared nowhere`)
      else this.#draft.group(group, at)
      this.#section = { group, part, at }
    }
    return true
  }

  #entry(line: string, column: number): void {
    // What stands below a section that could not be read is not understood either.
    if (!this.#section) return
    if (this.#section.part === 'hosts') this.#host(line, column)
    else if (this.#section.part === 'vars') this.#var(line, column)
    else this.#child(line, column)
  }

  #child(line: string, column: number): void {
    const { group } = this.#section!
    const [, child = ''] = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line) ?? []
    const at = this.#at(column)
    if (!child) {
      this.#wrong(column, `expected the name of a group that is below ${group}, and nothing else on the line`)
      return
    }
    if (!isGroupName(this.#draft, child, at)) return
    if (child === 'all') {
      this.#wrong(column, 'the group all cannot be below another group')
      return
    }
    this.#draft.mentionedGroup(child, at, `${child} is to be a group below ${group}, and is declared nowhere`)
    this.#draft.group(group, this.#section!.at ?? at).children.add(child)
  }

  #var(line: string, column: number): void {
    const equals = line.indexOf('=')
    const name = line.slice(0, Math.max(0, equals)).trim()
    if (!name) {
      this.#wrong(column, `expected NAME=VALUE, a var of the group ${this.#section!.group}`)
      return
    }
    const behind = line.slice(equals + 1)
    const value = behind.trimStart()
    const from = column + equals + 1 + behind.length - value.length
    const at = this.#at(column)
    this.#draft.groups.get(this.#section!.group)!.settings.push({
      name,
      at,
      value: parseLiteral(value, offset => this.#at(from + offset), this.#draft.problems),
    })
  }

  #host(line: string, column: number): void {
    const words = splitWords(line)
    if ('wrong' in words) {
      this.#wrong(column + words.column - 1, words.wrong)
      return
    }
    const [entry, ...rest] = words
    if (!entry) return
    const at = this.#at(column + entry.column - 1)
    if (entry.text.includes('=')) {
      const hint = 'A host line starts with the name of a host. Vars of a group stand below [GROUP:vars].'
      this.#wrong(at.column, `expected the name of a host, got ${entry.text.split('=')[0]}=`, hint)
      return
    }
    const settings = rest.flatMap(word => this.#hostVar(word, column))
    const { names, port } = hostsOfEntry(this.#draft, entry.text, at)
    if (names.length) this.#draft.group(this.#section!.group, this.#section!.at ?? at)
    for (const name of names) {
      this.#draft.host(name, at).settings.push(...portSetting(port, at), ...settings)
      this.#draft.groups.get(this.#section!.group)!.hosts.add(name)
    }
  }

  #hostVar(word: Word, column: number): readonly Setting[] {
    const equals = word.text.indexOf('=')
    if (equals <= 0) {
      const hint = word.text.startsWith(';')
        ? 'A comment behind a host starts with #.'
        : 'Put a value that has spaces in quotes: name="a b".'
      this.#wrong(column + word.column - 1, 'expected NAME=VALUE', hint)
      return []
    }
    const columnAt = (offset: number) => word.columns[equals + 1 + offset] ?? (word.columns.at(-1) ?? word.column) + 1
    const value = parseLiteral(
      word.text.slice(equals + 1),
      offset => this.#at(column + columnAt(offset) - 1),
      this.#draft.problems,
    )
    return [{ name: word.text.slice(0, equals), at: this.#at(column + word.column - 1), value }]
  }
}

/**
 * One inventory file of Ansible's INI shape: `[group]`, `[group:children]`, `[group:vars]`, and hosts with `name=value`.
 * Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/ini_inventory.html
 */
export const addIniFile = (draft: Draft, file: string, text: string): void => new IniReader(draft, file).read(text)
