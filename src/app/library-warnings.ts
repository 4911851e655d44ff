/** What is not wrong in a library, but surely not meant: mocks that never answer, risky expressions, unknown services. */

import { type Config, packagedLayers, type ServiceConfig } from '../config/config.ts'
import { isFields } from '../core/fields.ts'
import type { Problem } from '../core/problem.ts'
import type { SourceLocation } from '../core/source.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockFile } from '../mock/definition.ts'
import { riskOf } from '../mock/load/regex-guard.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import { whyBefore } from '../mock/order.ts'
import { findShadows } from '../mock/shadow.ts'
import { semverOf } from '../mock/versions.ts'
import { nearest } from '../yaml/nearest.ts'
import type { MockLibrary } from './mock-library.ts'

const warning = (
  file: MockFile,
  path: readonly (string | number)[],
  message: string,
  hint: string,
): Problem => ({
  severity: 'warning',
  code: 'MOCK_FILE_INVALID',
  ...file.locate(path),
  message,
  hint,
})

export const libraryWarnings = (
  config: Config,
  library: Pick<MockLibrary, 'index' | 'outOf'>,
  files: readonly MockFile[],
): readonly Problem[] => {
  const { index } = library
  // What a package holds is its authors' affair, and what stands above it is meant.
  const packaged = packagedLayers(config.library)
  const own = files.filter(({ layer }) => !packaged.has(layer))
  const byName = new Map(files.map((file) => [file.display, file]))
  const places = placesOf(own)
  return [
    ...own.flatMap((file) => unknownService(file, config)),
    ...own.flatMap((file) => uselessPresets(file, config)),
    ...own.flatMap(riskyExpressions),
    ...config.services.flatMap((service) => versionsOutOfRange(service, index, byName)),
    ...index
      .serviceNames()
      .flatMap((service) =>
        [...findShadows(index.service(service)!)].flatMap(([mock, winner]) =>
          neverAnswers(mock, winner, places),
        ),
      ),
  ]
}

/** Mocks by where they begin: a file that extends others stands for several. */
type Places = ReadonlyMap<SourceLocation, { readonly file: MockFile; readonly position: number }>

const placesOf = (files: readonly MockFile[]): Places =>
  new Map(files.flatMap((file) => file.mocks.map(({ at }, position) => [at, { file, position }] as const)))

const neverAnswers = (mock: CompiledMock, winner: CompiledMock, places: Places): Problem[] => {
  const place = places.get(mock.at)
  if (place === undefined) return []
  const asked = ({ request, stateKeys }: CompiledMock): string =>
    JSON.stringify([request, stateKeys], (_key, part: unknown) =>
      typeof part === 'bigint' ? `${part}n` : part,
    )
  const same = asked(mock) === asked(winner)
  const message = same
    ? `${mock.name} is never used: ${winner.name} (${winner.where}) asks for the same and wins because its ${whyBefore(winner, mock)}`
    : `${mock.name} is never used: ${winner.name} (${winner.where}) takes every call of it and wins because its ${whyBefore(winner, mock)}`
  const hint = same
    ? 'remove one of them, or tell them apart'
    : 'give the narrower one a lower priority number, or the broad one priority: 9'
  return [warning(place.file, ['mocks', place.position], message, hint)]
}

const unknownService = (file: MockFile, config: Config): Problem[] => {
  const names = config.services.map(({ name }) => name)
  if ((file.mocks.length === 0 && file.preset === undefined) || names.includes(file.service)) return []
  const near = nearest(file.service, names)
  const hint =
    near === undefined ? `add it: services: { ${file.service}: { hosts: [...] } }` : `did you mean ${near}?`
  return [
    warning(
      file,
      ['service'],
      `no service ${file.service} in svc-mock.yaml: these ${file.preset === undefined ? 'mocks' : 'presets'} are never used`,
      hint,
    ),
  ]
}

/** A real server's content is its own. */
const uselessPresets = (file: MockFile, config: Config): Problem[] => {
  const service = config.services.find(({ name }) => name === file.service)
  if (file.preset === undefined || service === undefined || service.embedded) return []
  const message = `${service.name} is not embedded: these presets are never used`
  return [
    warning(
      file,
      ['preset'],
      message,
      `write services: { ${service.name}: { upstream: embedded } } in svc-mock.yaml`,
    ),
  ]
}

/** A range that none of a service's versions fits: every call would miss. */
const versionsOutOfRange = (
  { name, version }: ServiceConfig,
  index: MockIndex,
  files: ReadonlyMap<string, MockFile>,
): Problem[] => {
  const held = index.service(name)
  const first = held?.mocks[0]
  const file = first === undefined ? undefined : files.get(first.at.file)
  if (
    version === undefined ||
    held === undefined ||
    file === undefined ||
    held.satisfying(version).length > 0
  )
    return []
  const versions = held.versions.flatMap((one) => one.version ?? [])
  const partial = versions.find((one) => semverOf(one) === undefined && semverOf(`${one}.0`) !== undefined)
  const hint =
    partial === undefined
      ? `correct services: { ${name}: { version } } in svc-mock.yaml, or the version of the mocks`
      : `${partial} is no whole version: write ${partial}.0`
  return [
    warning(
      file,
      ['version'],
      `${name} ${versions.join(', ')} is not in ${version}: these mocks are never used`,
      hint,
    ),
  ]
}

const riskyExpressions = (file: MockFile): Problem[] =>
  file.mocks.flatMap((mock, position) => {
    const found = [
      ...expressionsIn(mock.request, ['request']),
      ...replacementsIn(mock.upstream, ['upstream', 'patch', 'body', '$replace']),
    ]
    return found.flatMap(({ source, path }) => {
      const risk = riskOf(source)
      if (risk === undefined) return []
      const after = path[0] === 'request' ? 'the mock counts as not matching' : 'the call fails'
      const hint = `after 20 ms ${after}; rewrite the expression without repeating a group`
      return [warning(file, ['mocks', position, ...path], `/${source}/ is risky: ${risk}`, hint)]
    })
  })

interface Expression {
  readonly source: string
  readonly path: readonly (string | number)[]
}

function* expressionsIn(value: unknown, path: readonly (string | number)[]): Generator<Expression> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, child] of Object.entries(value)) {
    const below = [...path, Array.isArray(value) ? Number(key) : key]
    if ((key === '$matches' || key === '$doesNotMatch') && typeof child === 'string')
      yield { source: child, path: below }
    else yield* expressionsIn(child, below)
  }
}

/** `{ regex, with }` of a patch; `path` leads to the list below `upstream`. */
const replacementsIn = (upstream: unknown, path: readonly string[]): Expression[] => {
  const list = path.slice(1).reduce<unknown>((at, key) => (isFields(at) ? at[key] : undefined), upstream)
  const one = (spec: unknown, below: readonly (string | number)[]): Expression[] =>
    isFields(spec) && typeof spec['regex'] === 'string'
      ? [{ source: spec['regex'], path: [...below, 'regex'] }]
      : []
  return Array.isArray(list) ? list.flatMap((spec, i) => one(spec, [...path, i])) : one(list, path)
}
