import type { ServerResponse } from 'node:http'

/** An answer that is not the wanted one; the body has the form that Artifactory's REST API gives to errors. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json', `${JSON.stringify(body, undefined, 2)}\n`)
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, 'text/plain', text)
}

export function sendError(response: ServerResponse, error: HttpError): void {
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value)
  sendJson(response, error.status, { errors: [{ status: error.status, message: error.message }] })
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  const body = Buffer.from(text)
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length })
  response.end(body)
}
