// A headless Chromium, spoken to over a pipe: https://chromedevtools.github.io/devtools-protocol/
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/** A browser of this machine: `BATON_CHROMIUM`, or the first of the usual names. */
export const findChromium = (): string | undefined => {
  for (const name of [process.env.BATON_CHROMIUM, ...names]) {
    if (!name) continue
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' })
      return name
    } catch {
      // Not this one.
    }
  }
  return undefined
}

type Answer = Readonly<Record<string, unknown>>
type Message = {
  readonly id?: number
  readonly method?: string
  readonly params?: Answer
  readonly result?: Answer
  readonly error?: { readonly message: string }
}

export interface Look {
  readonly width: number
  readonly height: number
  readonly scheme?: 'light' | 'dark'
  readonly full?: boolean
}

/** One page of one browser. */
export class Chromium {
  /** What the console, the policy and uncaught errors said. */
  readonly complaints: string[] = []
  /** Addresses that were asked for, the page's own aside. */
  readonly requests: string[] = []
  readonly #child: ChildProcess
  readonly #home: string
  readonly #waiting = new Map<number, { resolve(result: Answer): void; reject(error: Error): void }>()
  #session: string | undefined
  #id = 0
  #page = ''
  #loaded: () => void = () => {}

  private constructor(child: ChildProcess, home: string) {
    this.#child = child
    this.#home = home
    let rest = ''
    const from = child.stdio[4] as Readable
    from.setEncoding('utf8')
    from.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\0')
      rest = parts.pop() ?? ''
      for (const part of parts) this.#hear(JSON.parse(part) as Message)
    })
    child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the browser is gone'))
    })
  }

  static async open(program: string): Promise<Chromium> {
    const home = await mkdtemp(join(tmpdir(), 'baton-chromium-'))
    const flags = [
      '--headless=new',
      '--remote-debugging-pipe',
      '--no-first-run',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--hide-scrollbars',
      `--user-data-dir=${home}`,
    ]
    // Root may not use the sandbox; what is loaded here is a file of our own.
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const child = spawn(program, [...flags, ...root, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    })
    const browser = new Chromium(child, home)
    const { targetId } = await browser.#send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await browser.#send('Target.attachToTarget', { targetId, flatten: true })
    browser.#session = String(sessionId)
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await browser.#send(`${domain}.enable`)
    return browser
  }

  /** Resolves once the page has loaded. */
  async go(url: string): Promise<void> {
    this.#page = url.split('#')[0] ?? ''
    const loaded = new Promise<void>(resolve => {
      this.#loaded = resolve
    })
    await this.#send('Page.navigate', { url })
    await loaded
  }

  /** The value of an expression, or of the promise that it makes. Throws what it throws. */
  async value<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails))
    return (result as { readonly value: T }).value
  }

  /** A key as a person presses it. */
  async press(key: string): Promise<void> {
    const text = key.length === 1 ? { text: key } : key === 'Enter' ? { text: '\r' } : {}
    await this.#send('Input.dispatchKeyEvent', { type: 'keyDown', key, ...text })
    await this.#send('Input.dispatchKeyEvent', { type: 'keyUp', key })
  }

  async type(text: string): Promise<void> {
    for (const key of text) await this.press(key)
  }

  /** Size and colours of the window. */
  async look({ width, height, scheme = 'light' }: Look): Promise<void> {
    await this.#send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false })
    await this.#send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
  }

  /** A PNG of the window, or of the page from top to bottom. */
  async screenshot(full = false): Promise<Buffer> {
    const { data } = await this.#send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: full })
    return Buffer.from(String(data), 'base64')
  }

  async close(): Promise<void> {
    const gone = new Promise(resolve => this.#child.once('exit', resolve))
    await this.#send('Browser.close').catch(() => this.#child.kill())
    await gone
    await rm(this.#home, { recursive: true, force: true, maxRetries: 5 })
  }

  #send(method: string, params: Answer = {}): Promise<Answer> {
    const id = ++this.#id
    const session = this.#session ? { sessionId: this.#session } : {}
    ;(this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`)
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  #hear({ id, method, params = {}, result = {}, error }: Message): void {
    if (id !== undefined) {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error) waiting?.reject(new Error(error.message))
      else waiting?.resolve(result)
    }
    if (method === 'Page.loadEventFired') this.#loaded()
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded')
      this.complaints.push(JSON.stringify(params))
    if (method === 'Runtime.consoleAPICalled' && params.type !== 'log') this.complaints.push(JSON.stringify(params))
    if (method === 'Network.requestWillBeSent') {
      const { url } = params.request as { readonly url: string }
      if (url.split('#')[0] !== this.#page) this.requests.push(url)
    }
  }
}
