/** oclif's own complaints about flags, arguments and commands, in our words: FLAG_INVALID with a next action. */

import { nearest } from '../app/nearest.ts'
import { SvcMockError } from '../core/errors.ts'

/** The parts of oclif's errors that are read; they are not exported as types. */
interface OclifError extends Error {
  readonly oclif?: { readonly exit?: number | false }
  readonly code?: string
  /** Names of unknown flags. */
  readonly flags?: readonly string[]
  /** Unexpected arguments. */
  readonly args?: readonly (string | { readonly name: string })[]
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } }
}

const isOclifError = (error: unknown): error is OclifError => error instanceof Error && 'oclif' in error

/** `this.exit(n)` of a command, or help that was printed. */
export const exitRequest = (error: unknown): number | undefined => {
  if (!isOclifError(error) || error.code !== 'EEXIT') return undefined
  return typeof error.oclif?.exit === 'number' ? error.oclif.exit : 0
}

const unknownFlag = (error: OclifError, flag: string, command: string): SvcMockError => {
  const known = Object.keys(error.parse?.input?.flags ?? {}).map((name) => `--${name}`)
  const meant = nearest(flag, known)
  return new SvcMockError('FLAG_INVALID', `${command} has no flag ${flag}`, {
    hint: meant ? `did you mean ${meant}?` : `see svc-mock ${command} --help`,
  })
}

export const unknownCommand = (id: string, commands: readonly string[]): SvcMockError => {
  const [first = '', ...rest] = id.split(':')
  if (commands.includes(first)) {
    return new SvcMockError('FLAG_INVALID', `${first} takes no argument ${JSON.stringify(rest.join(' '))}`, {
      hint: `see svc-mock ${first} --help`,
    })
  }
  const meant = nearest(first, commands)
  return new SvcMockError('FLAG_INVALID', `there is no command ${JSON.stringify(first)}`, {
    hint: meant ? `did you mean svc-mock ${meant}?` : 'see svc-mock --help',
  })
}

/** The id of a command that does not exist, if that is what the error is about. */
export const missingCommand = (error: unknown): string | undefined =>
  isOclifError(error) ? /^command (.+) not found$/s.exec(error.message)?.[1] : undefined

/** Leaves errors that are not oclif's as they are. */
export const fromOclif = (error: unknown, command: string): unknown => {
  if (!isOclifError(error)) return error
  const flag = error.flags?.[0]
  if (flag?.startsWith('-')) return unknownFlag(error, flag, command)
  const message = error.message
    .replace(/\n*See more help with --help$/, '')
    .replace(/\n+Note: .*$/s, '')
    .trim()
    .replace(/^The following errors? occurred:\s*/, '')
    .replace(/Missing required flag (\S+)/g, '--$1 is missing')
    .replace(/:?\s*\n\s*/g, ': ')
  return new SvcMockError('FLAG_INVALID', message, { hint: `see svc-mock ${command} --help` })
}
