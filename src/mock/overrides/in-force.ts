/** Which mocks answer, and which are there and do not: replaced by one of the same name, or switched off. */
import { plainName } from '../../core/mock-name.ts'
import type { SourceLocation } from '../../core/source.ts'
import type { CompiledMock } from '../compiled.ts'
import { sameVersion } from '../versions.ts'

/** What decides about a mock. */
export type Standable = Pick<CompiledMock, 'service' | 'name' | 'version' | 'layer' | 'replaces'>

/** Why a mock is out of force. */
export type OutOfForce<Mock = CompiledMock> =
  | { readonly kind: 'replaced'; readonly by: Mock }
  | { readonly kind: 'disabled'; readonly at: SourceLocation }

export interface Standing<Mock = CompiledMock> {
  readonly inForce: readonly Mock[]
  readonly out: ReadonlyMap<Mock, OutOfForce<Mock>>
}

export interface StandingOptions {
  /** Layers that hold packages. */
  readonly packaged: ReadonlySet<number>
  readonly disabled: readonly {
    readonly service: string
    readonly mock: string
    readonly at: SourceLocation
  }[]
  /** Whether any mock may have taken its base's place. */
  readonly extended: boolean
}

const nothing: ReadonlyMap<never, never> = new Map<never, never>()

type ByName<Mock> = Map<string, Map<string, Mock[]>>

/** `mocks`: all of some services. */
export const standingOf = <Mock extends Standable>(
  mocks: readonly Mock[],
  { packaged, disabled, extended }: StandingOptions,
): Standing<Mock> => {
  if (packaged.size === 0 && disabled.length === 0 && !extended) return { inForce: mocks, out: nothing }
  const replacing: ByName<Mock> = new Map()
  for (const mock of mocks) {
    if (mock.replaces === 'base' || (mock.replaces === 'packaged' && !packaged.has(mock.layer)))
      add(replacing, mock)
  }
  const off = Map.groupBy(disabled, ({ service }) => service)
  const out = new Map<Mock, OutOfForce<Mock>>()
  for (const mock of mocks) {
    const disabling = off.get(mock.service)?.find((one) => one.mock === plainName(mock.service, mock.name))
    const by = disabling === undefined ? replacerOf(mock, replacing, packaged.has(mock.layer)) : undefined
    if (disabling !== undefined) out.set(mock, { kind: 'disabled', at: disabling.at })
    else if (by !== undefined) out.set(mock, { kind: 'replaced', by })
  }
  return { inForce: out.size === 0 ? mocks : mocks.filter((mock) => !out.has(mock)), out }
}

const replacerOf = <Mock extends Standable>(
  mock: Mock,
  replacing: ByName<Mock>,
  packaged: boolean,
): Mock | undefined => {
  let first: Mock | undefined
  for (const other of replacing.get(mock.service)?.get(mock.name) ?? []) {
    const stands =
      other.replaces === 'base'
        ? other.layer < mock.layer || (other.layer === mock.layer && mock.replaces !== 'base')
        : packaged
    const fits = other.version === undefined || sameVersion(other.version, mock.version)
    if (stands && fits && other !== mock && (first === undefined || other.layer < first.layer)) first = other
  }
  return first
}

const add = <Mock extends Standable>(all: ByName<Mock>, mock: Mock): void => {
  let ofService = all.get(mock.service)
  if (ofService === undefined) {
    ofService = new Map()
    all.set(mock.service, ofService)
  }
  const list = ofService.get(mock.name)
  if (list === undefined) ofService.set(mock.name, [mock])
  else list.push(mock)
}
