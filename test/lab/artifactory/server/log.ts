import { appendFileSync } from 'node:fs'

/** One line an event, into var/log/artifactory-service.log and the console. Every line says that this is a stand-in. */
export interface Log {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export function fileLog(file: string, console: (line: string) => void): Log {
  const write = (level: string, message: string): void => {
    const line = `${new Date().toISOString()} [jfrt ] [${level}] [stand-in] - ${message.replaceAll('\n', ' ')}\n`
    console(line)
    // Synchronous: the last line before an exit is the one that matters. A full disk must not end the server.
    try {
      appendFileSync(file, line, { mode: 0o640 })
    } catch (error) {
      console(`stand-in: cannot write ${file}: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
  return {
    info: message => write('INFO ', message),
    warn: message => write('WARN ', message),
    error: message => write('ERROR', message),
  }
}
