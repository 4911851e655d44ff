/** Flags of everything that records, and what they say. */
import { Flags } from '@oclif/core'
import type { RecordWishes } from '../app/record/open-recorder.ts'
import { SvcMockError } from '../core/errors.ts'
import { parseDuration } from '../core/units.ts'

export const recordFlags = {
  case: Flags.string({
    helpValue: '<name>',
    summary: 'label what is recorded: a user with balance, one without',
  }),
  'key-file': Flags.string({ helpValue: '<file>', summary: 'the key that fakes are made with' }),
  'max-bytes': Flags.integer({
    min: 1,
    max: 10 * 2 ** 20,
    summary: 'of one call and its answer; default 1 MB',
  }),
  learn: Flags.boolean({
    exclusive: ['strict'],
    summary: 'write no fixtures; propose lines for desensitize.yaml as a diff',
  }),
  quarantine: Flags.string({
    options: ['retry', 'drop'],
    default: 'retry',
    summary: 'what cannot be read: look once more before the end, or drop it at once',
  }),
  record: Flags.string({
    options: ['once', 'new_episodes', 'all', 'none'],
    default: 'once',
    summary: 'operations without a file, unseen requests too, all anew, or nothing',
  }),
  strict: Flags.boolean({
    summary: 'write no operation with fields of which nothing is known and that desensitize.yaml leaves open',
  }),
  version: Flags.string({
    multiple: true,
    helpValue: '<version>',
    summary: 'of what answers: 1.4.0, or orders=1.4.0; may be repeated',
  }),
}

interface RecordFlagValues {
  readonly case?: string | undefined
  readonly 'key-file'?: string | undefined
  readonly 'max-bytes'?: number | undefined
  readonly learn: boolean
  readonly quarantine: string
  readonly record: string
  readonly strict: boolean
  readonly version?: readonly string[] | undefined
}

export const recordWishes = (flags: RecordFlagValues): RecordWishes => {
  if (flags.case !== undefined && !/^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,60}$/u.test(flags.case))
    throw new SvcMockError('FLAG_INVALID', `--case ${JSON.stringify(flags.case)} is no name`, {
      hint: 'use letters, digits, - . _ and spaces',
    })
  return {
    env: process.env,
    keyFile: flags['key-file'],
    mode: flags.record as NonNullable<RecordWishes['mode']>,
    case: flags.case,
    versions: flags.version,
    maxBytes: flags['max-bytes'],
    onQuarantine: flags.quarantine === 'drop' ? 'drop' : 'retry',
    strict: flags.strict,
    learn: flags.learn,
  }
}

/** Throws FLAG_INVALID. */
export const durationFlag = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw new SvcMockError('FLAG_INVALID', `--${name} ${text} is no duration`, { hint: 'write 30s, 10m or 1h' })
}
