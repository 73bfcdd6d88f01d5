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

const unusable = (host: string, file: string, what: string, cause: unknown): ConnectionError =>
  new ConnectionError(
    host,
    'host-key-unknown',
    `known_hosts file ${file} cannot be ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause, hint: 'Correct ssh_known_hosts_file or UserKnownHostsFile, or the permissions of the file.' },
  )

const readEntries = async (host: string, file: string): Promise<KnownHost[]> => {
  if (file === 'none') return []
  const text = await readFile(file, 'latin1').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return ''
    throw unusable(host, file, 'read', error)
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

const readAll = async ({ host, files }: HostKeyQuestion): Promise<KnownHost[]> =>
  (await Promise.all(files.map(file => readEntries(host, file)))).flat()

/** The known keys of one host, and the decision about the key that it shows. */
export class HostKeys {
  readonly #question: HostKeyQuestion
  #entries: readonly KnownHost[]

  private constructor(question: HostKeyQuestion, entries: readonly KnownHost[]) {
    this.#question = question
    this.#entries = entries
  }

  /** Throws ConnectionError for a file that is there and cannot be read. */
  static async read(question: HostKeyQuestion): Promise<HostKeys> {
    return new HostKeys(question, await readAll(question))
  }

  get knownTypes(): string[] {
    return knownKeyTypes(this.#entries, this.#question.name, this.#question.port)
  }

  /** Returns for a key that is trusted, or may be by `remember`; throws ConnectionError for any other. Writes nothing. */
  check(key: PublicKey): void {
    this.#judge(this.#entries, key)
  }

  /**
   * To be called when the server has proved that it holds the key: with `accept-new`, one that is not known yet is written
   * down, after a second look at the files, because another run may have written meanwhile. Throws ConnectionError.
   */
  async remember(key: PublicKey): Promise<void> {
    if (this.#judge(this.#entries, key) === undefined) return
    const entries = await readAll(this.#question)
    const news = this.#judge(entries, key)
    // The server shows a key again whenever keys are exchanged anew: from now on it must be this one.
    this.#entries = news ? [...entries, ...parseKnownHosts(news.line, news.file)] : entries
    if (!news) return
    await append(news.file, news.line).catch((error: unknown) => {
      throw unusable(this.#question.host, news.file, 'written', error)
    })
  }

  /** What is to be written, for a key that is trusted from now on. */
  #judge(entries: readonly KnownHost[], key: PublicKey): { readonly file: string; readonly line: string } | undefined {
    const { host, name, port, files, policy } = this.#question
    const shown = `${key.type} key ${fingerprint(key)}`
    const where = lookupName(name, port)
    const result = judge(entries, name, port, key)
    switch (result.verdict) {
      case 'known':
        return undefined
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
        if (policy === 'accept-new' && file !== undefined) return { file, line }
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
