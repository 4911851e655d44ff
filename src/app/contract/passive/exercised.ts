/** The promises of one library, and what replies to the calls that met them say of each. */
import type { Checked, Violation } from '../../../contract/violation.ts'
import { formatLocation } from '../../../core/source.ts'
import type { CompiledMock } from '../../../mock/compiled.ts'
import type { MockIndex } from '../../../mock/mock-index.ts'
import type { PassiveProtocol } from '../passive-protocols/protocol.ts'
import type { Promised } from '../promises.ts'
import type { ProviderFinding } from '../provider-protocols/protocol.ts'
import { consumerOf, violationOf } from '../violation-of.ts'

/** Of one mock; tests ask the same a thousand times. */
const findingsAtMost = 50

interface Exercised {
  readonly item: Promised
  /** Some reply had a status that the mock has. */
  met: boolean
  /** By rule and place: what differs in one reply differs in many. */
  readonly findings: Map<string, ProviderFinding>
  /** What a reply with another status breaks, for when no other one comes. */
  other: readonly ProviderFinding[]
  otherStatuses: number
}

export interface ExercisedResult {
  readonly checked: readonly Checked[]
  readonly findings: readonly Violation[]
  /** No promise is left that no call met. */
  readonly whole: boolean
}

export class ExercisedLibrary {
  readonly index: MockIndex
  readonly #items: ReadonlyMap<string, Promised>
  readonly #protocol: PassiveProtocol
  readonly #exercised = new Map<Promised, Exercised>()

  constructor(items: readonly Promised[], index: MockIndex, protocol: PassiveProtocol) {
    this.index = index
    this.#protocol = protocol
    this.#items = new Map(items.map((item) => [formatLocation(item.definition.at), item]))
  }

  /** undefined: the mock promises nothing. */
  promiseOf(mock: CompiledMock): Promised | undefined {
    return this.#items.get(formatLocation(mock.at))
  }

  /** One more reply to a call that met `item`. */
  add(item: Promised, found: readonly ProviderFinding[]): void {
    let one = this.#exercised.get(item)
    if (one === undefined) {
      one = { item, met: false, findings: new Map(), other: [], otherStatuses: 0 }
      this.#exercised.set(item, one)
    }
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

  result(): ExercisedResult {
    const exercised = [...this.#exercised.values()]
    const left = [...this.#items.values()].filter((item) => !this.#exercised.has(item))
    const violation = (item: Promised, finding: ProviderFinding): Violation =>
      violationOf(item, this.#protocol.operationOf(item), finding)
    return {
      checked: exercised.map(({ item }) => ({
        ...consumerOf(item),
        name: item.definition.name,
        service: item.file.service,
        operation: this.#protocol.operationOf(item),
        at: item.definition.at,
      })),
      findings: [
        ...exercised.flatMap((one) => findingsOf(one).map((finding) => violation(one.item, finding))),
        ...left.map((item) => violation(item, notExercised)),
      ],
      whole: left.length === 0,
    }
  }
}

/** Tests try what goes wrong, too: a reply with another status counts only where none had the mock's. */
const findingsOf = ({ met, findings, other, otherStatuses }: Exercised): readonly ProviderFinding[] => {
  if (!met) return other
  const told = [...findings.values()]
  if (otherStatuses === 0) return told
  return [
    ...told,
    {
      severity: 'note',
      rule: 'other-status',
      path: ['response', 'status'],
      message: `${otherStatuses === 1 ? 'one reply' : `${otherStatuses} replies`} to such calls had another status`,
    },
  ]
}

const notExercised: ProviderFinding = {
  severity: 'notVerifiable',
  rule: 'not-exercised',
  path: [],
  message: 'no call of the tests meets its conditions',
}
