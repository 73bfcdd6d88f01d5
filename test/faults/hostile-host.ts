import { generateKeyPairSync, randomBytes } from 'node:crypto'
import ssh2, { type ServerChannel } from 'ssh2'
import type { Way } from './stage.ts'

export const manners = [
  'says nothing',
  'hangs up',
  'exit code 0 for everything',
  'an exit code beyond all',
  'ended by a signal',
  'an echo',
  'random bytes',
  'stdout without end',
  'stderr without end',
  'a banner without end',
  'begins, and prints without end',
  'begins without end',
  'ends without end',
  'ends of commands that there are not',
  'success without a word',
  'codes that are none',
] as const
export type Manner = (typeof manners)[number]

/** Writes for as long as somebody reads. */
const without = (end: NodeJS.WritableStream, text: () => string | Buffer): void => {
  let over = false
  const more = (): void => {
    while (!over) if (!end.write(text())) return
  }
  end.on('close', () => {
    over = true
  })
  end.on('error', () => {
    over = true
  })
  end.on('drain', more)
  more()
}

const block = 'x'.repeat(32 * 1024)

/** The nonce of a request: what Baton's marks begin with. */
const nonceIn = (text: string): string | undefined => [...text.matchAll(/baton-[0-9a-f]{32}/g)].at(-1)?.[0]

const commandsIn = (text: string): number =>
  new Set([...text.matchAll(/baton-[0-9a-f]{32} b (\d+)/g)].map(m => m[1])).size

const answer = (manner: Manner, channel: ServerChannel, nonce: string, commands: number): void => {
  const both = (text: string): void => {
    channel.write(text)
    channel.stderr.write(text)
  }
  const each = (code: string): void => {
    for (let i = 0; i < commands; i++) both(`${nonce} b ${i} 1\n${nonce} e ${i} ${code}\n`)
    both(`${nonce} z 0 0\n`)
  }
  let n = 0
  if (manner === 'begins, and prints without end') {
    both(`${nonce} b 0 1\n`)
    without(channel, () => block)
  } else if (manner === 'begins without end')
    without(channel, () => `${nonce} b ${n++ % 1_000_000_000} 1\n`.repeat(300))
  else if (manner === 'ends without end') {
    both(`${nonce} b 0 1\n`)
    without(channel, () => `${nonce} e 0 0\n`.repeat(300))
    without(channel.stderr, () => `${nonce} e 0 0\n`.repeat(300))
  } else if (manner === 'ends of commands that there are not') {
    both(`${nonce} b 0 1\n`)
    without(channel, () => Array.from({ length: 300 }, () => `${nonce} e ${n++ % 1_000_000_000} 0\n`).join(''))
  } else if (manner === 'success without a word') each('0')
  else if (manner === 'codes that are none') each('9999999999')
}

const serve = (manner: Manner, channel: ServerChannel): void => {
  channel.on('error', () => {})
  let heard = ''
  channel.on('data', (chunk: Buffer) => {
    if (manner === 'an echo') channel.write(chunk)
    heard = (heard + chunk.toString('latin1')).slice(-4_000_000)
    const nonce = nonceIn(heard)
    // The last mark of a request.
    if (nonce && heard.includes(`${nonce} z 0 `) && heard.endsWith('\n')) {
      answer(manner, channel, nonce, commandsIn(heard))
      heard = ''
    }
  })
  if (manner === 'hangs up') channel.close()
  else if (manner === 'exit code 0 for everything') {
    channel.exit(0)
    channel.end()
  } else if (manner === 'an exit code beyond all') {
    channel.exit(4_294_967_295)
    channel.end()
  } else if (manner === 'ended by a signal') {
    channel.exit('KILL', true, 'because')
    channel.end()
  } else if (manner === 'random bytes') without(channel, () => randomBytes(16 * 1024))
  else if (manner === 'stdout without end') without(channel, () => block)
  else if (manner === 'stderr without end') without(channel.stderr, () => block)
}

/** A server that lets everybody in, and then is no shell. A stand-in: no sshd behaves so. */
export const startHostile = async (manner: Manner): Promise<{ readonly way: Way; close(): Promise<void> }> => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  const clients = new Set<{ end(): unknown }>()
  const server = new ssh2.Server(
    { hostKeys: [privateKey], ...(manner === 'a banner without end' && { banner: 'y'.repeat(200_000) }) },
    client => {
      clients.add(client)
      client.on('error', () => {})
      client.on('authentication', context => context.accept())
      client.on('session', accept => {
        const session = accept()
        session.on('exec', accepted => {
          const channel = accepted()
          serve(manner, channel)
        })
      })
    },
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    way: { address: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 },
    close: () =>
      new Promise(resolve => {
        for (const client of clients) client.end()
        server.close(() => resolve())
        setTimeout(resolve, 1000).unref()
      }),
  }
}
