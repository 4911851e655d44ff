/**
 * One interaction of a contract: a mock as a file has it, with the request that reached it. What is the same and what comes first
 * is told by what is written, so that it does not matter in which order, or in which run, calls were made.
 */
import { type Fields, isFields } from '../../core/fields.ts'
import { operationOf } from '../../protocols/http/fixture/operation.ts'
import { canonical, inCodeUnits } from './canonical.ts'
import { shapeOf } from './shape.ts'

export interface Interaction {
  /** Of the mock, without a number behind it: files number those of one name. */
  readonly name: string
  /** Keys of a mock, `name` left out. */
  readonly mock: Fields
  /** Equal for interactions that a contract holds once. */
  readonly key: string
  /** By mock: interactions of one differ in the shape of the request, or of a computed answer. */
  readonly group: string
  /** Of several with one key the smallest is kept. */
  readonly rank: string
}

/** `mock`: as in a file. */
export const interactionOf = ({ name: numbered, ...mock }: Fields): Interaction => {
  const name = String(numbered).replace(/(?: \(\d+\))+$/, '')
  const contract = isFields(mock['contract']) ? mock['contract'] : {}
  const { example, masked: _masked, ...promise } = contract
  const { contract: _, ...rest } = mock
  const definition = canonical([rest, promise])
  const asked = isFields(example) ? example : {}
  return {
    name,
    mock,
    group: canonical([name, mock['request']]),
    key: `${definition}\n${requestShape(mock['request'], asked)}`,
    rank: canonical([example, contract['masked']]),
  }
}

/** Values do not count; which parameters and fields there are, and their types, does. */
const requestShape = (request: unknown, { path, query, headers, body, ...others }: Fields): string => {
  const pattern = isFields(request) ? request['path'] : undefined
  const isOpen = typeof pattern !== 'string' || /\*\}$/.test(pattern)
  const names = (section: unknown): readonly string[] =>
    isFields(section) ? Object.keys(section).sort(inCodeUnits) : []
  const type = isFields(headers) ? String(headers['content-type'] ?? '').split(';')[0] : ''
  return JSON.stringify([
    typeof path === 'string' && isOpen ? operationOf('', path).title : '',
    names(query),
    names(headers),
    type,
    bodyShape(body, type ?? ''),
    shapeOf(others),
  ])
}

/** Of forms the fields count. */
const bodyShape = (body: unknown, type: string): string =>
  typeof body === 'string' && /x-www-form-urlencoded/i.test(type)
    ? [...new Set(new URLSearchParams(body).keys())].sort(inCodeUnits).join('&')
    : shapeOf(body)

/** Keeps each interaction once, and of each mock a bounded number; what is kept does not depend on the order of `add`. */
export class Interactions {
  readonly #groups = new Map<string, Map<string, Interaction>>()
  /** Names of mocks with more interactions than are kept. */
  readonly crowded = new Set<string>()

  add(one: Interaction): void {
    let group = this.#groups.get(one.group)
    if (group === undefined) {
      group = new Map()
      this.#groups.set(one.group, group)
    }
    const before = group.get(one.key)
    if (before !== undefined && inCodeUnits(before.rank, one.rank) <= 0) return
    group.set(one.key, one)
    if (group.size <= keptOfAMock) return
    this.crowded.add(one.name)
    group.delete([...group.keys()].reduce((a, b) => (inCodeUnits(a, b) < 0 ? b : a)))
  }

  /** In the order of the file. */
  list(): readonly Interaction[] {
    return [...this.#groups.values()]
      .flatMap((group) => [...group.values()])
      .sort(
        (a, b) =>
          inCodeUnits(placeOf(a), placeOf(b)) || inCodeUnits(a.name, b.name) || inCodeUnits(a.key, b.key),
      )
  }
}

const keptOfAMock = 20

/** `/orders/{id} GET`: what belongs together for a reader stands together. */
const placeOf = ({ mock }: Interaction): string => {
  const request = isFields(mock['request']) ? mock['request'] : {}
  return `${String(request['path'] ?? '')} ${String(request['method'] ?? '')}`
}
