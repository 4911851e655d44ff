/**
 * The only way from what was recorded to what may be written. A CleanExchange cannot be made anywhere else, so that
 * writing something that was not cleaned does not compile.
 */
import { hash } from 'node:crypto'
import { applyEdits, type Where, whole } from './edits.ts'
import type { Exchange, RecordedBody, RecordedMessage } from './exchange.ts'
import { NoFakeLeft } from './fakes.ts'
import { bodyChange } from './layers/body.ts'
import { unpackBody } from './layers/content-coding.ts'
import { fieldsChange } from './layers/fields.ts'
import { headerChange } from './layers/headers.ts'
import { Unsearchable } from './layers/readable.ts'
import { targetEdits } from './layers/url.ts'
import { leafEdits } from './leaf.ts'
import type { Side } from './policy.ts'
import type { Real } from './real-values.ts'
import { remaining } from './remaining.ts'
import type { Field, Looks, Rule, Run } from './run.ts'
import type { Session } from './session.ts'

/** Nothing in it tells of anybody; bodies are unpacked (`content-encoding` is gone), lengths and digests left out. */
class Clean implements Exchange {
  readonly #clean = true
  readonly protocol: string
  readonly service: string
  readonly version?: string
  readonly operation: string
  readonly request: RecordedMessage
  readonly reply: RecordedMessage
  /** How many real values were known when it was cleaned: see `revise`. */
  readonly knownValues: number

  constructor(exchange: Exchange, knownValues: number) {
    this.protocol = exchange.protocol
    this.service = exchange.service
    if (exchange.version !== undefined) this.version = exchange.version
    this.operation = exchange.operation
    this.request = exchange.request
    this.reply = exchange.reply
    this.knownValues = knownValues
  }

  static is(value: object): boolean {
    return #clean in value
  }
}

export type CleanExchange = Clean

export interface MaskedField {
  /** `request.body.customer.phone`; parts of it that are identities themselves are masked too. */
  readonly path: string
  readonly type: string
  readonly rule: Rule
  /** What stands there now, for people who review; of the first values of a field only. */
  readonly example?: string
}

/** A field of which nothing is known, and that stays. Only a session that is asked for details tells it. */
export interface KeptField {
  readonly path: string
  readonly looks: Looks
  /** Equal for equal values, and tells nothing of them. */
  readonly digest: string
}

export interface Refusal {
  readonly path: string
  /** In words, without any of the content. */
  readonly reason: string
}

export type Outcome =
  | {
      readonly kind: 'clean'
      readonly exchange: CleanExchange
      readonly masked: readonly MaskedField[]
      readonly kept?: readonly KeptField[]
    }
  /** To be kept encrypted outside the work tree, looked at, and dropped: never written. */
  | { readonly kind: 'quarantine'; readonly reasons: readonly Refusal[] }

/** How often an exchange is gone through again because a value was recognised late in it. */
const rounds = 4

export const desensitize = (exchange: Exchange, session: Session): Outcome => {
  let current = exchange
  const masked: MaskedField[] = []
  let kept: readonly KeptField[] | undefined
  try {
    for (let round = 0; round < rounds; round++) {
      const pass = new Pass(session, exchange, round > 0, round > 0 || Clean.is(exchange))
      const changed = pass.exchange(current)
      if (pass.refusals.length > 0) return { kind: 'quarantine', reasons: pass.refusals }
      masked.push(...pass.fields())
      // Later on what stands there is made up already.
      kept ??= pass.kept
      current = changed
      const left = remaining(current, session, 0)
      if (left === undefined || (!left.sure && round > 0 && pass.masked.length === 0))
        return { kind: 'clean', exchange: new Clean(current, session.values.count), masked, kept }
      if (round > 0 && pass.masked.length === 0)
        return {
          kind: 'quarantine',
          reasons: [
            { path: left.path, reason: `a ${left.type} stands there in a form that cannot be rewritten` },
          ],
        }
    }
  } catch (error) {
    if (error instanceof NoFakeLeft)
      return { kind: 'quarantine', reasons: [{ path: '', reason: error.message }] }
    if (error instanceof Unsearchable)
      return { kind: 'quarantine', reasons: [{ path: '', reason: 'an archive too large to be searched' }] }
    // Whatever failed, its message may quote what it failed on.
    return {
      kind: 'quarantine',
      reasons: [{ path: '', reason: `a detector failed: ${(error as Error).name}` }],
    }
  }
  return { kind: 'quarantine', reasons: [{ path: '', reason: 'values keep turning up in it' }] }
}

/**
 * For what this run has written before: the exchange once more, if a value recognised since stands in it; undefined
 * if not. Asking costs one look through its bytes.
 */
export const revise = (clean: CleanExchange, session: Session): Outcome | undefined => {
  if (clean.knownValues === session.values.count) return undefined
  return remaining(clean, session, clean.knownValues) === undefined ? undefined : desensitize(clean, session)
}

/** Whether a text that is about to be written (a file's name, a report) names a real value of this run. */
export const namesReal = (text: string, session: Session): boolean =>
  session.values.remains(text) !== undefined

interface FoundField extends Omit<MaskedField, 'example'> {
  readonly fake: (() => string) | undefined
}

class Pass {
  readonly masked: FoundField[] = []
  readonly kept: KeptField[] = []
  readonly refusals: Refusal[] = []
  readonly #session: Session
  readonly #recent: Real[] = []
  #unpacked = 0
  readonly #run: Run

  /** `thorough`: something was left the last time. `cleaned`: all of it has been gone through before. */
  constructor(session: Session, { service, operation }: Exchange, thorough: boolean, cleaned: boolean) {
    this.#session = session
    const recent = this.#recent
    const rules = {
      request: session.rules.of(service, operation, 'request'),
      reply: session.rules.of(service, operation, 'reply'),
    }
    const side = (): Side => this.#side
    this.#run = {
      names: session.names,
      get rules() {
        return rules[side()]
      },
      maskUnknown: session.policy.unknown === 'mask',
      values: session.values,
      limits: session.limits,
      runAtLeast: thorough ? 8 : 16,
      leaf: (text, field, where) => leafEdits(text, field, where, this.#run),
      isFake: (detector, canon) => session.isFake(detector, canon, cleaned),
      fakesIn: (text, found) => session.ledger.search(text, found),
      replace: (detector, canon, surface) => {
        // Free text is no value that could stand elsewhere as a whole, and may hold any word.
        if (detector.type === 'free-text') {
          const real: Real = { detector, canon, surface, number: -1 }
          return () => this.#freeText(real, surface)
        }
        const real = session.see(detector, canon, surface)
        recent.push(real)
        return () => session.fakeOf(real, surface, recent)
      },
      unpacked: (bytes) => {
        this.#unpacked += bytes
        return this.#unpacked <= session.limits.bytes
      },
      report: ({ detector, rule, path, fake }) =>
        this.masked.push({ path: `${this.#side}.${path}`, type: detector.type, rule, fake }),
      kept: session.details
        ? (looks, where, text) =>
            this.kept.push({
              path: this.cleaned(`${this.#side}.${where.path()}`),
              looks,
              digest: hash('sha256', text, 'base64'),
            })
        : undefined,
      undecodable: (where, _at, reason) =>
        this.refusals.push({ path: this.cleaned(`${this.#side}.${where.path()}`), reason }),
    }
  }

  #side: Side = 'request'

  /** What was masked, once all fakes are known. */
  fields(): MaskedField[] {
    return this.masked.map(({ path: written, type, rule, fake }) => {
      const path = this.cleaned(written)
      if (fake === undefined || !this.#session.wantsExample(path, type, rule)) return { path, type, rule }
      return { path, type, rule, example: fake() }
    })
  }

  /** A text may turn out to be a name, or to hold a value, that is only recognised further down. */
  #freeText(real: Real, surface: string): string {
    const { values } = this.#session
    const trimmed = surface.trim()
    const same = values.known(trimmed)
    if (same !== undefined)
      return surface.replace(trimmed, () => this.#session.fakeOf(same, trimmed, this.#recent))
    let out = ''
    let at = 0
    const fill = (end: number): string =>
      at === end
        ? ''
        : this.#session.fakeOf({ ...real, canon: surface.slice(at, end) }, surface.slice(at, end), [])
    values.search(surface, (start, end, known) => {
      out += fill(start) + this.#session.fakeOf(known, surface.slice(start, end), this.#recent)
      at = end
    })
    return out + fill(surface.length)
  }

  /** A path may hold an identity, as a key of a map. */
  cleaned(path: string): string {
    return this.#session.values.remains(path) === undefined
      ? path
      : path.replace(/[^.[\]]*\d{4}[^.[\]]*|[^\x00-\x7f]+/g, '…')
  }

  exchange(exchange: Exchange): Exchange {
    // Both sides are read before either is written: what the reply tells is a value of the call too.
    const operation = this.#operation(exchange.operation)
    this.#side = 'request'
    const request = this.#message(exchange.request)
    this.#side = 'reply'
    const reply = this.#message(exchange.reply)
    if (this.refusals.length > 0) return exchange
    return { ...exchange, operation: operation(), request: request(), reply: reply() }
  }

  /** `GET /users/138…`: a target behind a word. */
  #operation(operation: string): () => string {
    const slash = operation.indexOf('/')
    if (slash < 0) return () => operation
    const target = operation.slice(slash)
    const edits = targetEdits(target, whole('path'), this.#run, 0)
    return () => operation.slice(0, slash) + applyEdits(target, edits)
  }

  #message(message: RecordedMessage): () => RecordedMessage {
    const { target } = message
    const targets = target === undefined ? [] : targetEdits(target, whole('path'), this.#run, 0)
    const headers = this.#fields(message.headers, 'header')
    const trailers = this.#fields(message.trailers ?? [], 'trailer')
    const bodies = message.bodies.map((body) => this.#body(body, message.headers))
    return () => ({
      ...message,
      ...(target !== undefined && { target: applyEdits(target, targets) }),
      headers: headers().filter((_text, at, all) => !isOutdated(all[at - (at % 2)]!)),
      ...(message.trailers !== undefined && { trailers: trailers() }),
      bodies: bodies.map((body) => body()),
    })
  }

  #fields(pairs: readonly string[], label: string): () => string[] {
    const where = whole(label)
    const changes = pairs.map((text, at) =>
      at % 2 === 1 ? headerChange(pairs[at - 1]!, text, where, this.#run) : undefined,
    )
    return () => pairs.map((text, at) => changes[at]?.() ?? text)
  }

  #body(body: RecordedBody, headers: readonly string[]): () => RecordedBody {
    const field: Field = { name: '', meaning: this.#run.names.of(''), kind: 'text', depth: 0 }
    const where = whole('body')
    if (body.kind === 'fields') {
      const schema = { sensitive: sensitivePaths(body.sensitive ?? []), aliases: body.aliases ?? {} }
      const change = fieldsChange(body.value, field, where, this.#run, schema)
      return () => (change === undefined ? body : { ...body, value: change() })
    }
    const action = this.#run.rules.of('', () => 'body')
    if (action?.do === 'drop') return () => ({ kind: 'bytes', bytes: new Uint8Array() })
    const plain = unpackBody(body.bytes, headerOf(headers, 'content-encoding'), this.#run.limits.bytes)
    if (typeof plain === 'string') {
      this.#run.undecodable(where, 0, plain)
      return () => body
    }
    const change = bodyChange(plain, headerOf(headers, 'content-type'), field, where, this.#run)
    return () => ({ kind: 'bytes', bytes: change?.bytes?.() ?? plain })
  }
}

/** True of what was packed, long, or digested before. */
const isOutdated = (name: string): boolean =>
  /^(?:content-encoding|content-length|content-md5|digest|content-digest|repr-digest|transfer-encoding)$/i.test(
    name,
  )

const headerOf = (pairs: readonly string[], name: string): string => {
  for (let at = 0; at + 1 < pairs.length; at += 2)
    if (pairs[at]!.toLowerCase() === name) return pairs[at + 1]!
  return ''
}

const sensitivePaths = (paths: readonly string[]): ((path: string) => boolean) => {
  if (paths.length === 0) return () => false
  const plain = new Set(paths.map((path) => path.replace(/\[[*\d]*\]/g, '')))
  return (path) => plain.has(path.replace(/\[\d+\]/g, '').replace(/^body\.?/, ''))
}

export type { Where }
