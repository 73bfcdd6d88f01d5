/** The server will not start, for a reason that a person can act on. Its message is one line of log. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}
