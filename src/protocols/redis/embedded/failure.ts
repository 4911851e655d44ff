/** Errors in Redis' exact words: applications compare them, and so do their tests. */

/** A command is answered by an error; whatever it has written of its reply is taken back. The message begins with its code. */
export class Failure extends Error {}

export const wrongType = (): Failure =>
  new Failure('WRONGTYPE Operation against a key holding the wrong kind of value')
export const syntaxError = (): Failure => new Failure('ERR syntax error')
export const notInteger = (): Failure => new Failure('ERR value is not an integer or out of range')
export const notFloat = (): Failure => new Failure('ERR value is not a valid float')
export const noSuchKey = (): Failure => new Failure('ERR no such key')
export const badArity = (name: string): Failure =>
  new Failure(`ERR wrong number of arguments for '${name}' command`)
