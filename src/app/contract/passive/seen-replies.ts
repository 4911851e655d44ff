/**
 * What a provider really answered while its own tests called it, held against the mocks whose conditions those calls meet. It takes the
 * place of a contract in force: the proxy shows it each call and its reply once they are over.
 */
import type { ContractReport, Violation } from '../../../contract/violation.ts'
import type { Call, Tenant } from '../../../core/call.ts'
import type { LiveContract, SeenBody, SeenReply } from '../../../core/contract.ts'
import { formatLocation } from '../../../core/source.ts'
import type { CompiledMock } from '../../../mock/compiled.ts'
import type { MockIndex } from '../../../mock/mock-index.ts'
import { select } from '../../../mock/select.ts'
import type { HttpCall } from '../../../protocols/http/call.ts'
import { codingsOf, decompress } from '../../../protocols/http/content-coding.ts'
import { imaginedCall } from '../../../protocols/http/imagined-call.ts'
import type { ProviderReply } from '../ask-provider.ts'
import { httpMock, operationOf } from '../http-mock.ts'
import type { Promised } from '../promises.ts'
import { compareHttp } from '../provider-protocols/http.ts'
import type { ProviderFinding } from '../provider-protocols/protocol.ts'

/** Larger replies are not compared. */
const replyAtMost = 32 * 1024 * 1024
/** Of one mock; tests ask the same a thousand times. */
const findingsAtMost = 50

interface Exercised {
  readonly item: Promised
  calls: number
  /** Some reply had a status that the mock has. */
  met: boolean
  /** By rule and place: what differs in one reply differs in many. */
  readonly findings: Map<string, ProviderFinding>
  /** What a reply with another status breaks, for when no other one comes. */
  other: readonly ProviderFinding[]
  otherStatuses: number
}

export type PassiveResult = Pick<ContractReport, 'checked' | 'findings' | 'skipped'> & {
  /** Calls that were seen at all. */
  readonly calls: number
}

export class SeenReplies implements LiveContract {
  readonly #items: ReadonlyMap<string, Promised>
  readonly #index: MockIndex
  readonly #tenant: Tenant
  readonly #exercised = new Map<Promised, Exercised>()
  readonly #skipped = new Map<string, number>()
  readonly #bodies = new WeakMap<Call, Uint8Array | undefined>()
  readonly #pending = new Set<Promise<void>>()
  #calls = 0
  #replies = 0

  constructor(items: readonly Promised[], index: MockIndex, tenant: Tenant) {
    this.#items = new Map(items.map((item) => [formatLocation(item.definition.at), item]))
    this.#index = index
    this.#tenant = tenant
  }

  readsCall(): boolean {
    return false
  }

  readsReply(): boolean {
    return false
  }

  call(call: Call, { bytes }: SeenBody): readonly [] {
    this.#calls++
    this.#bodies.set(call, bytes)
    return []
  }

  reply(call: Call, reply: SeenReply): readonly [] {
    this.#replies++
    const body = this.#bodies.get(call)
    const plain = bodyOf(reply)
    if (body === undefined || plain === undefined) this.#skip('calls that were not seen whole')
    else {
      const seen = { status: reply.status, headers: reply.metadata, body: plain }
      const found = select(this.#index, this.#again(call as HttpCall, body))
      if (found instanceof Promise) this.#wait(found.then((mock) => this.#hold(call, mock, seen)))
      else this.#hold(call, found, seen)
    }
    return []
  }

  /** When all calls are over. */
  async result(left: readonly string[]): Promise<PassiveResult> {
    await Promise.all(this.#pending)
    for (const reason of left) this.#skip(reason)
    for (let n = this.#replies; n < this.#calls; n++) this.#skip('calls that got no reply')
    const exercised = [...this.#exercised.values()]
    return {
      calls: this.#calls,
      checked: exercised.map(({ item: { definition, file } }) => ({
        name: definition.name,
        service: file.service,
        operation: operationOf(definition.request),
        at: definition.at,
      })),
      findings: [
        ...exercised.flatMap((one) => findingsOf(one)),
        ...[...this.#items.values()].filter((item) => !this.#exercised.has(item)).map(notExercised),
      ],
      skipped: Object.fromEntries(this.#skipped),
    }
  }

  /** As the mocks would have been asked. */
  #again({ method, path, search, metadata, service, target }: HttpCall, body: Uint8Array): HttpCall {
    return imaginedCall(
      { method, path, search, headers: metadata, body },
      { service, basePath: '', target },
      this.#tenant,
    )
  }

  #wait(work: Promise<void>): void {
    const done = work
      .catch(() => this.#skip('calls for which no mock could be chosen'))
      .then(() => void this.#pending.delete(done))
    this.#pending.add(done)
  }

  #hold(call: Call, mock: CompiledMock | undefined, reply: ProviderReply): void {
    const item = mock === undefined ? undefined : this.#items.get(formatLocation(mock.at))
    if (mock === undefined) this.#skip('calls that no mock describes')
    else if (item === undefined) this.#skip('calls whose mock promises nothing')
    // A reply without a body says too little of a mock that has one.
    else if (call.method === 'HEAD' && mock.method !== 'HEAD') this.#skip('calls with HEAD')
    else this.#compare(item, reply)
  }

  #compare(item: Promised, reply: ProviderReply): void {
    let one = this.#exercised.get(item)
    if (one === undefined) {
      one = { item, calls: 0, met: false, findings: new Map(), other: [], otherStatuses: 0 }
      this.#exercised.set(item, one)
    }
    one.calls++
    // Nobody brought the service into the mock's state: what is not there is missing data.
    const { state: _unmet, ...contract } = item.contract
    const found = compareHttp({ ...item, contract }, reply)
    if (found.some(({ rule }) => rule === 'response-status' || rule === 'not-found')) {
      one.otherStatuses++
      if (one.other.length === 0 || one.other[0]!.severity === 'dataMissing') one.other = found
      return
    }
    one.met = true
    for (const finding of found) {
      const key = `${finding.severity} ${finding.rule} ${finding.path.map((step) => (typeof step === 'number' ? '*' : step)).join('.')}`
      if (!one.findings.has(key) && one.findings.size < findingsAtMost) one.findings.set(key, finding)
    }
  }

  #skip(reason: string): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1)
  }
}

const bodyOf = ({ bytes, metadata }: SeenReply): Uint8Array | undefined => {
  const codings = codingsOf(metadata)
  if (bytes === undefined || bytes.length === 0 || codings === '') return bytes
  const plain = decompress(bytes, codings, replyAtMost)
  return plain.ok ? plain.value : undefined
}

/** Tests try what goes wrong, too: a reply with another status counts only where none had the mock's. */
const findingsOf = ({ item, met, findings, other, otherStatuses }: Exercised): readonly Violation[] => {
  if (!met) return other.map((finding) => violationOf(item, finding))
  const told = [...findings.values()].map((finding) => violationOf(item, finding))
  if (otherStatuses === 0) return told
  const note: ProviderFinding = {
    severity: 'note',
    rule: 'other-status',
    path: ['response', 'status'],
    message: `${otherStatuses === 1 ? 'one reply' : `${otherStatuses} replies`} to such calls had another status`,
  }
  return [...told, violationOf(item, note)]
}

const notExercised = (item: Promised): Violation =>
  violationOf(item, {
    severity: 'notVerifiable',
    rule: 'not-exercised',
    path: [],
    message: 'no call of the tests meets its conditions',
  })

const violationOf = (
  { file, position, definition }: Promised,
  { path, ...words }: ProviderFinding,
): Violation => ({
  service: file.service,
  version: file.version,
  operation: operationOf(definition.request),
  mock: definition.name,
  at: path.length === 0 ? definition.at : httpMock(file, position, []).locate(path),
  path: path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join(''),
  ...words,
})
