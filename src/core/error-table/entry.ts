/** What the table says of one error. */

/** `check`: a verification did its job and found something. `bug`: ours. */
export type Fault = 'check' | 'user' | 'environment' | 'bug'

export interface ErrorEntry {
  readonly fault: Fault
  /** One sentence: what it means. */
  readonly summary: string
  /** The next action, ideally a command. */
  readonly hint: string
}
