/** Recording's own way, for answers that were asked for once more: in memory, and into the files they came from. */
import type { Config } from '../../config/config.ts'
import type { FixturePolicy } from '../../core/fixture.ts'
import { fieldKey } from '../../core/volatile.ts'
import type { Ledger } from '../../desensitize/ledger.ts'
import type { MaskKey } from '../../desensitize/mask-key.ts'
import { type Desensitizer, desensitizerOf } from '../../record/desensitizer.ts'
import type { RecordedMock } from '../../record/fixture-set.ts'
import { FixtureStore, type Kept } from '../../record/fixture-store.ts'
import { Recording as RecordingRun } from '../../record/recording.ts'
import type { RawRecord } from '../../record/records.ts'
import { comparedAtMost } from '../record/compared-at-most.ts'
import { fixtureDialects } from '../record/fixture-dialects.ts'
import { openSession, writeLedger } from '../record/mask-session.ts'
import type { Recording } from './recordings.ts'

export class Renewal {
  readonly ledger: Ledger
  readonly policy: FixturePolicy
  readonly #desensitizer: Desensitizer
  readonly #store: FixtureStore
  readonly #run: RecordingRun
  readonly #writes: boolean
  readonly #taken: Recording[] = []
  #wanted: ReadonlySet<string> = new Set()

  /** `writes`: only then are fakes noted in the ledger. Throws MASK_KEY_INVALID, POLICY_INVALID or LEDGER_INVALID. */
  constructor({ root, record }: Config, key: MaskKey, writes: boolean) {
    const { session } = openSession(root, key)
    this.ledger = session.ledger
    this.#writes = writes
    this.#desensitizer = desensitizerOf(session, (text) => {
      if (writes) writeLedger(root, text)
    })
    this.policy = {
      headers: record.headers,
      volatile: new Set(record.volatile.map(fieldKey)),
      comparedAtMost,
    }
    this.#store = new FixtureStore({
      folder: record.folder,
      mode: writes ? 'all' : 'none',
      namesReal: (text) => this.#desensitizer.namesReal(text),
      keyId: key.id,
      renews: (path, key) => this.#wanted.has(idOf({ path, key })),
    })
    this.#run = new RecordingRun({
      desensitizer: this.#desensitizer,
      dialects: fixtureDialects,
      policy: this.policy,
      store: this.#store,
    })
  }

  /** Why the answer says nothing, in words; undefined: it was taken. */
  take(recording: Recording, record: RawRecord): string | undefined {
    const { path, request } = recording
    const reason = this.#run.take({ ...record, renews: { path, request } })
    if (reason === undefined) this.#taken.push(recording)
    return reason
  }

  /** What fixtures would say now. Everything has been taken. */
  settled(): ReadonlyMap<Recording, RecordedMock> {
    const operations = this.#run.settled()
    return new Map(
      this.#taken.flatMap((recording) => {
        const mock = operations.get(recording.path)?.mocks.get(recording.key)
        return mock === undefined ? [] : [[recording, mock] as const]
      }),
    )
  }

  /** Writes these; all others stay as they are. `kept`: by path, files that were left alone. */
  write(wanted: ReadonlySet<Recording>): { readonly kept: ReadonlyMap<string, Kept> } {
    this.#wanted = new Set([...wanted].map(idOf))
    if (this.#writes && wanted.size > 0) this.#run.finish(0)
    return { kept: this.#store.kept() }
  }

  /** What is about to be told, without texts that hold a real value after all: a fixture's own, say, that somebody wrote. */
  withoutReal<T>(told: T): T {
    return this.#swept(told) as T
  }

  #swept(value: unknown): unknown {
    if (typeof value === 'string') return this.#desensitizer.namesReal(value) ? hidden : value
    if (Array.isArray(value)) return value.map((item) => this.#swept(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        this.#desensitizer.namesReal(name) ? hidden : name,
        this.#swept(member),
      ]),
    )
  }
}

const hidden = '…'

const idOf = ({ path, key }: Pick<Recording, 'path' | 'key'>): string => `${path}\n${key}`
