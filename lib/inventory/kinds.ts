import { open } from 'node:fs/promises'
import { extname, resolve } from 'node:path'

/** How an inventory is read. */
export type Kind = 'yaml' | 'ini' | 'program' | 'module'

const byEnding: Readonly<Record<string, Kind>> = {
  '.yml': 'yaml',
  '.yaml': 'yaml',
  '.json': 'yaml',
  '.ini': 'ini',
  '.ts': 'module',
  '.mts': 'module',
  '.js': 'module',
  '.mjs': 'module',
}

/** A file of YAML may be encrypted as a whole: hosts.yml.age. */
const withoutAge = (name: string): string => name.replace(/(\.(?:ya?ml|json))\.age$/, '$1')

/** The name of an inventory without its ending. */
export const withoutEnding = (name: string): string => {
  const plain = withoutAge(name)
  return byEnding[extname(plain)] ? plain.slice(0, -extname(plain).length) : name
}

/** Endings that `-i NAME` tries. */
export const endings: readonly string[] = ['.yml', '.yaml', '.ini', '.ts', '']

/**
 * What a folder may have beside inventories. As in Ansible (INVENTORY_IGNORE_EXTS), and keys.
 * Source: https://docs.ansible.com/ansible/latest/reference_appendices/config.html#inventory-ignore-exts
 */
export const isIgnored = (name: string): boolean =>
  name.startsWith('.') ||
  /(?:~|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|cfg|retry|pub|pem|key|age))$/.test(withoutAge(name)) ||
  /^(?:group_vars|host_vars|vars_plugins|node_modules|__pycache__)$/.test(name) ||
  /\.d\.[cm]?ts$/.test(name)

const beginning = async (path: string): Promise<string> => {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Of a file without an ending: does its first line that says something look like YAML? */
const looksLikeYaml = (text: string): boolean => {
  const line = text.split(/\r?\n/).find(one => /^\s*[^\s#;]/.test(one)) ?? ''
  return /^(?:---|\{|%YAML|\$ANSIBLE_VAULT)/.test(line) || /^[^=[\]]+:(?:\s|$)/.test(line.trimEnd())
}

/** Programs by their ending, and what nobody reads here: refused by name rather than read as INI. */
const noText = /\.(?:py|sh|bash|rb|pl|php|exe|toml|xml|db)$/

/**
 * By its ending; without a known one it is a program if it starts like one (#! or ELF: what has only the right to be run is
 * not handed to a shell), and else what its first line looks like. Undefined: none that is known.
 */
export const kindOfFile = async (cwd: string, file: string): Promise<Kind | undefined> => {
  const known = byEnding[extname(withoutAge(file))]
  if (known) return known
  const text = await beginning(resolve(cwd, file)).catch(() => '')
  if (/^(?:#!|\x7fELF)/.test(text)) return 'program'
  if (noText.test(file)) return undefined
  return looksLikeYaml(text) ? 'yaml' : 'ini'
}
