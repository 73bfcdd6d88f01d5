import { mkdir, open, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { ConnectionError } from '../errors.ts'
import { judge, type KnownHost, knownKeyTypes, lookupName, parseKnownHosts } from './known-hosts.ts'
import { fingerprint, type PublicKey } from './public-key.ts'

export const usualKnownHosts = {
  user: [join(homedir(), '.ssh/known_hosts'), join(homedir(), '.ssh/known_hosts2')],
  global: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
}

const readEntries = async (file: string): Promise<KnownHost[]> => {
  if (file === 'none') return []
  const text = await readFile(file, 'latin1').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return ''
    throw error
  })
  return parseKnownHosts(text, file)
}

/** One write at the end of the file, so that two runs at once never mix lines; a last line without its newline is ended first. */
const append = async (file: string, line: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(file, 'a+', 0o600)
  try {
    const { size } = await handle.stat()
    const last = Buffer.alloc(1)
    if (size > 0) await handle.read(last, 0, 1, size - 1)
    await handle.write(`${size > 0 && last[0] !== 0x0a ? '\n' : ''}${line}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export interface HostKeyQuestion {
  /** The inventory's name, for errors. */
  readonly host: string
  /** What is looked for in the files: HostKeyAlias, or the name or address that is connected to. */
  readonly name: string
  readonly port: number
  /** In this order. The first is the one that `accept-new` writes to. */
  readonly files: readonly string[]
  readonly policy: 'strict' | 'accept-new'
}

/** The known keys of one host, and the decision about the key that it shows. */
export class HostKeys {
  readonly #question: HostKeyQuestion
  readonly #entries: KnownHost[]

  private constructor(question: HostKeyQuestion, entries: KnownHost[]) {
    this.#question = question
    this.#entries = entries
  }

  static async read(question: HostKeyQuestion): Promise<HostKeys> {
    return new HostKeys(question, (await Promise.all(question.files.map(readEntries))).flat())
  }

  get knownTypes(): string[] {
    return knownKeyTypes(this.#entries, this.#question.name, this.#question.port)
  }

  /** Returns for a key that is trusted; throws ConnectionError for any other. */
  async check(key: PublicKey): Promise<void> {
    const { host, name, port, files, policy } = this.#question
    const shown = `${key.type} key ${fingerprint(key)}`
    const where = lookupName(name, port)
    const result = judge(this.#entries, name, port, key)
    switch (result.verdict) {
      case 'known':
        return
      case 'revoked':
        throw new ConnectionError(
          host,
          'host-key-revoked',
          `${where} shows a revoked ${shown} (${result.entry.file}:${result.entry.line})`,
          { hint: 'Somebody may be in the middle, or the host was never given a new key. Do not connect.' },
        )
      case 'changed':
        throw new ConnectionError(
          host,
          'host-key-changed',
          `${where} shows ${shown}, which is not the ${result.entry.key.type} key ${fingerprint(result.entry.key)} of ${result.entry.file}:${result.entry.line}`,
          {
            hint: `Somebody may be in the middle. If the host was set up anew, compare the fingerprint on its console (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then remove that line, or: ssh-keygen -f ${result.entry.file} -R '${where}'`,
          },
        )
      case 'unknown': {
        const line = `${where} ${key.type} ${key.blob.toString('base64')}`
        const file = files.find(one => one !== 'none' && one !== '/dev/null')
        if (policy === 'accept-new' && file !== undefined) {
          await append(file, line)
          this.#entries.push(...parseKnownHosts(line, file))
          return
        }
        throw new ConnectionError(host, 'host-key-unknown', `the host key of ${where} is not known: ${shown}`, {
          hint: [
            'Compare the fingerprint on the host: ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub. If it is the same, add this line',
            `to ${file ?? 'a known_hosts file'}:`,
            line,
            ...(result.certAuthority
              ? [
                  'A @cert-authority line names this host: host certificates cannot be checked here, the key itself must be listed.',
                ]
              : []),
          ].join('\n'),
        })
      }
    }
  }
}
