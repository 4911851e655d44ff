/**
 * Messages become a fixture: each is made clean as it comes, what is recognised later is taken out of those before, and only then
 * the file is written. Real values stay in memory.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import { type CleanExchange, type Desensitizer, desensitizerOf } from '../../record/desensitizer.ts'
import { type MessageContent, messageExchange, messageParts } from '../../record/message-exchange.ts'
import { writeYaml } from '../../yaml/write.ts'
import { requireMaskKey } from '../mask-key.ts'
import { openSession, writeLedger } from '../record/mask-session.ts'
import { fromBase64, type WireMessage } from './wire.ts'

export interface MessageRecorderOptions {
  readonly root: string
  /** Where the fixture is written. */
  readonly file: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly keyFile: string | undefined
}

export interface RecordedMessages {
  readonly file: string
  readonly messages: number
  /** Left out: they could not be made clean. */
  readonly leftOut: number
  /** Values that were replaced. */
  readonly masked: number
}

interface Taken {
  readonly message: Pick<WireMessage, 'topic' | 'partition' | 'timestamp'>
  clean: CleanExchange
}

export class MessageRecorder {
  private readonly options: MessageRecorderOptions
  private readonly desensitizer: Desensitizer
  private readonly path: string
  private taken: Taken[] = []
  private leftOut = 0
  private masked = 0

  /** Throws FLAG_INVALID, MASK_KEY_MISSING, MASK_KEY_INVALID, POLICY_INVALID or LEDGER_INVALID. */
  constructor(options: MessageRecorderOptions) {
    const { root, file, env, keyFile } = options
    this.options = options
    this.path = resolve(file)
    if (existsSync(this.path))
      throw new SvcMockError('FLAG_INVALID', `${file} is there already`, {
        hint: 'choose another name, or remove it',
      })
    const { session } = openSession(root, requireMaskKey({ env, keyFile, root }))
    this.desensitizer = desensitizerOf(session, (text) => writeLedger(root, text))
  }

  take(service: string, message: WireMessage): void {
    const outcome = this.desensitizer.clean(
      messageExchange({ protocol: 'kafka', service }, contentOf(message)),
    )
    if (outcome.kind !== 'clean') {
      this.leftOut++
      return
    }
    this.masked += outcome.masked.length
    const { topic, partition, timestamp } = message
    this.taken.push({ message: { topic, partition, timestamp }, clean: outcome.exchange })
  }

  /** Writes what has been taken. */
  finish(place: { readonly service: string; readonly tenant: string }): RecordedMessages {
    this.revise()
    const first = this.taken[0]?.message.timestamp ?? 0
    const text = writeYaml({
      recorded: { service: place.service },
      messages: this.taken.map(({ message, clean }) => ({
        topic: message.topic,
        at: `${Math.max(0, Math.round(message.timestamp - first))}ms`,
        partition: message.partition,
        ...messageParts(clean),
      })),
    })
    if (this.desensitizer.namesReal(this.options.file))
      throw new SvcMockError('FLAG_INVALID', 'the name of the file holds a value that was recorded', {
        hint: 'choose another name',
      })
    this.desensitizer.commit()
    mkdirSync(dirname(this.path), { recursive: true })
    writeFileSync(`${this.path}.new`, text)
    renameSync(`${this.path}.new`, this.path)
    const { leftOut, masked } = this
    return { file: this.options.file, messages: this.taken.length, leftOut, masked }
  }

  private revise(): void {
    this.taken = this.taken.flatMap((one) => {
      const again = this.desensitizer.revise(one.clean)
      if (again === undefined) return [one]
      if (again.kind === 'clean') return [{ ...one, clean: again.exchange }]
      this.leftOut++
      return []
    })
  }
}

const contentOf = ({ topic, key, value, json, headers }: WireMessage): MessageContent => ({
  topic,
  key: fromBase64(key),
  value: fromBase64(value),
  json,
  headers: headers.map(({ name, value: one }) => ({ name, value: fromBase64(one) })),
})
