/** Something encrypted that cannot be opened: `message` says what is wrong, `hint` the way out. Neither ever holds a key. */
export class Locked extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.name = 'Locked'
    this.hint = hint
  }
}
