/**
 * What the extending mocks of one service are made of. A base is looked for by name, so that a package's next version
 * goes into what extends it; among equal names the earliest library behind the extending mock counts, version by version.
 */
import type { ErrorCode } from '../../core/errors.ts'
import { formatMockName, plainName } from '../../core/mock-name.ts'
import type { Problem } from '../../core/problem.ts'
import { nearest } from '../../yaml/nearest.ts'
import type { ExtendingMock, MockFile } from '../definition.ts'
import { sameVersion } from '../versions.ts'
import { type Base, derive, type FileShapes } from './derive.ts'

/** What became of one extending mock. */
export interface Extended {
  readonly file: MockFile
  readonly mock: ExtendingMock
  /** One for each version of its base. */
  readonly made: readonly MockFile[]
  /** Why there is none. Absent beside an empty `made`: its base is in a broken file, or could not be made itself, which is told there. */
  readonly problem?: Problem
  /** It extends itself, by way of others. */
  readonly circular?: true
}

interface Extending {
  readonly file: MockFile
  readonly mock: ExtendingMock
}

/** `files`: all of one service, as they were read. */
export const extendMocks = (files: readonly MockFile[], shapes: FileShapes): readonly Extended[] =>
  new Extender(files, shapes).all()

const resultOf = ({ name, base }: ExtendingMock): string => name ?? base

class Extender {
  readonly #files: readonly MockFile[]
  readonly #shapes: FileShapes
  readonly #all: readonly Extending[]
  readonly #written = new Map<string, Base[]>()
  readonly #byResult: ReadonlyMap<string, readonly Extending[]>
  readonly #done = new Map<ExtendingMock, Extended>()
  readonly #underway: ExtendingMock[] = []

  constructor(files: readonly MockFile[], shapes: FileShapes) {
    this.#files = files
    this.#shapes = shapes
    this.#all = files.flatMap((file) => (file.extending ?? []).map((mock) => ({ file, mock })))
    this.#byResult = Map.groupBy(this.#all, ({ file, mock }) => plainName(file.service, resultOf(mock)))
    const wanted = new Set(this.#all.map(({ mock }) => mock.base))
    for (const file of files) {
      file.mocks.forEach((definition, position) => {
        if (wanted.has(plainName(file.service, definition.name))) this.#add({ file, position, definition })
      })
    }
  }

  #add(base: Base): void {
    const name = plainName(base.file.service, base.definition.name)
    const list = this.#written.get(name)
    if (list === undefined) this.#written.set(name, [base])
    else list.push(base)
  }

  all(): readonly Extended[] {
    return this.#all.map((one) => this.#extend(one))
  }

  #extend({ file, mock }: Extending): Extended {
    const known = this.#done.get(mock)
    if (known !== undefined) return known
    const from = this.#underway.indexOf(mock)
    if (from !== -1)
      return { file, mock, made: [], problem: circular(this.#underway.slice(from)), circular: true }
    this.#underway.push(mock)
    const extended = this.#resolve({ file, mock })
    this.#underway.pop()
    this.#done.set(mock, extended)
    return extended
  }

  #resolve({ file, mock }: Extending): Extended {
    const others = this.#othersBehind({ file, mock }).map((other) => this.#extend(other))
    const circle = others.find((other) => other.circular)
    if (circle !== undefined) return { ...circle, file, mock }
    const candidates = [
      ...(this.#written.get(mock.base) ?? []).filter((base) => base.file.layer >= file.layer),
      ...others.flatMap(({ made }) => made).flatMap(basesIn),
    ]
    const fitting = candidates.filter(
      (base) =>
        file.version === undefined ||
        base.file.version === undefined ||
        sameVersion(base.file.version, file.version),
    )
    if (fitting.length === 0) {
      const broken = this.#files.some(({ problems }) => problems.some(({ severity }) => severity === 'error'))
      if (candidates.length === 0 && (broken || others.length > 0)) return { file, mock, made: [] }
      return { file, mock, made: [], problem: this.#gone({ file, mock }, candidates) }
    }
    const bases = earliest(fitting)
    const foreign = bases.find((base) => base.file.protocol !== file.protocol)
    if (foreign !== undefined)
      return { file, mock, made: [], problem: otherProtocol(mock, foreign.file.protocol, file.protocol) }
    return { file, mock, made: bases.map((base) => derive(file, mock, base, this.#shapes)) }
  }

  /** Extending mocks that stand behind this one and have the name that it extends. */
  #othersBehind({ file, mock }: Extending): readonly Extending[] {
    return (this.#byResult.get(mock.base) ?? []).filter(
      (other) =>
        other.file.layer > file.layer || (other.file.layer === file.layer && mock.name !== undefined),
    )
  }

  #gone({ file, mock }: Extending, otherVersions: readonly Base[]): Problem {
    const shown = JSON.stringify(formatMockName({ service: file.service, mock: mock.base }))
    const versions = [...new Set(otherVersions.map((base) => base.file.version))].join(', ')
    if (versions !== '')
      return dead(
        mock,
        `${shown} is a mock of version ${versions}, and this file has mocks of ${file.version}`,
        'remove version from the file, or its folder, and the mock is extended in every version',
      )
    const names = new Set(this.#files.flatMap(({ mocks }) => mocks.map(({ name }) => name)))
    const near = nearest(mock.base, names)
    return dead(
      mock,
      `there is no mock ${shown} to extend`,
      near === undefined
        ? 'it was renamed or removed: svc-mock list shows what there is, or remove this mock'
        : `did you mean '${formatMockName({ service: file.service, mock: near })}'?`,
    )
  }
}

const basesIn = (file: MockFile): readonly Base[] =>
  file.mocks.map((definition, position) => ({ file, position, definition }))

/** In each version those of the earliest library; a mock of no version stands in all of them. */
const earliest = (bases: readonly Base[]): readonly Base[] =>
  bases.filter(
    (base) =>
      !bases.some(
        (other) =>
          other.file.layer < base.file.layer &&
          (other.file.version === undefined || sameVersion(other.file.version, base.file.version)),
      ),
  )

const problemAt = (mock: ExtendingMock, code: ErrorCode, message: string, hint: string): Problem => ({
  severity: 'error',
  code,
  ...mock.locate(['extends']),
  message,
  hint,
})

const dead = (mock: ExtendingMock, message: string, hint: string): Problem =>
  problemAt(mock, 'OVERRIDE_DEAD', message, hint)

const circular = (round: readonly ExtendingMock[]): Problem =>
  problemAt(
    round[0]!,
    'MOCK_FILE_INVALID',
    `${[...round, round[0]!].map((mock) => JSON.stringify(resultOf(mock))).join(' extends ')}: that never ends`,
    'extend a mock that is written out',
  )

const otherProtocol = (mock: ExtendingMock, theirs: string, ours: string): Problem =>
  problemAt(
    mock,
    'MOCK_FILE_INVALID',
    `the mock that it extends is of protocol ${theirs}, and this file of ${ours}`,
    `write protocol: ${theirs} into this file`,
  )
