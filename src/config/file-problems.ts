/** What is wrong with one configuration file taken by itself: unknown keys, wrong kinds, things that come later. */
import type { Problem } from '../core/problem.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { lossyProblem } from '../yaml/lossy-problem.ts'
import type { Path } from '../yaml/tree.ts'
import { shapeProblems } from '../yaml/zod-problems.ts'
import { configSchema, later } from './schema.ts'

export const fileProblems = (document: YamlDocument): readonly Problem[] => {
  const value = document.value ?? {}
  const notYet = laterSettings(value).map(
    ({ path, onKey, what }): Problem => ({
      severity: 'error',
      code: 'NOT_YET_SUPPORTED',
      ...document.locate(path, onKey),
      message: `${what} is not supported yet`,
      hint: 'remove it, or use a newer version of svc-mock',
    }),
  )
  const known = new Set(notYet.map(placeOf))
  const shape = shapeProblems({ schema: configSchema, value, document, code: 'CONFIG_INVALID' })
  const lossy = document
    .lossyScalars()
    .filter(({ path }) => path.at(-1) === 'version')
    .map((scalar) => lossyProblem(scalar, document, 'CONFIG_INVALID'))
  return [...notYet, ...shape.filter((problem) => !known.has(placeOf(problem))), ...lossy]
}

const placeOf = ({ at }: Problem): string => `${at.line}:${at.column}`

interface LaterSetting {
  readonly path: Path
  readonly onKey: boolean
  readonly what: string
}

const laterSettings = (value: unknown): readonly LaterSetting[] => {
  const file = mapOf(value)
  const found = [...laterKeys(file, [], later.keys)]
  for (const [name, service] of Object.entries(mapOf(file['services']))) {
    const path = ['services', name]
    const settings = mapOf(service)
    found.push(
      ...laterKeys(settings, path, later.serviceKeys),
      ...laterValue(settings, path, 'protocol', later.protocols),
    )
  }
  return found
}

const laterKeys = (
  map: Record<string, unknown>,
  path: Path,
  keys: readonly string[],
): readonly LaterSetting[] =>
  keys
    .filter((key) => Object.hasOwn(map, key))
    .map((key) => ({ path: [...path, key], onKey: true, what: `the key ${key}` }))

const laterValue = (
  map: Record<string, unknown>,
  path: Path,
  key: string,
  values: readonly string[],
): readonly LaterSetting[] => {
  const value = map[key]
  if (typeof value !== 'string' || !values.includes(value)) return []
  return [{ path: [...path, key], onKey: false, what: `${key}: ${value}` }]
}

const mapOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
