/** Something the lab cannot do; `hint` says what to do about it. */
export class LabError extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string, cause?: unknown) {
    super(hint === undefined ? message : `${message}\n${hint}`, { cause })
    this.name = 'LabError'
    this.hint = hint
  }
}
