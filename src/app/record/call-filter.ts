/** `--filter`: which calls are recorded. A service, a method, a path as in mock files; each may be left out. */
import type { Call } from '../../core/call.ts'
import { type SvcMockError as Refusal, SvcMockError } from '../../core/errors.ts'
import { SpecError } from '../../core/matcher.ts'
import { matchesPath, type PathPattern, parsePathPattern, splitPath } from '../../mock/path-pattern.ts'
import { nearest } from '../../yaml/nearest.ts'

interface Wanted {
  readonly service: string | undefined
  readonly method: string | undefined
  readonly pattern: PathPattern | undefined
}

export interface CallFilter {
  /** Services of which any call may be recorded. */
  readonly services: ReadonlySet<string>
  wants(call: Call): boolean
}

/** `orders`, `orders GET /orders/{id}`, `POST`, `/orders/{rest*}`. Throws FLAG_INVALID. */
export const callFilter = (texts: readonly string[], services: readonly string[]): CallFilter => {
  const wanted = texts.map((text) => parse(text, services))
  const named = wanted.every(({ service }) => service !== undefined) && wanted.length > 0
  return {
    services: new Set(named ? wanted.flatMap(({ service }) => service ?? []) : services),
    wants: (call) => wanted.length === 0 || wanted.some((one) => fits(one, call)),
  }
}

const parse = (text: string, services: readonly string[]): Wanted => {
  let [service, method, path]: (string | undefined)[] = []
  for (const word of text.trim().split(/\s+/)) {
    if (word.startsWith('/')) path = word
    else if (services.includes(word)) service = word
    else if (/^[A-Z]+$/.test(word)) method = word
    else throw unknown(word, services)
  }
  try {
    return { service, method, pattern: path === undefined ? undefined : parsePathPattern(path) }
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    throw new SvcMockError('FLAG_INVALID', `--filter ${text}: ${error.message}`)
  }
}

const unknown = (word: string, services: readonly string[]): Refusal => {
  const near = nearest(word, services)
  return new SvcMockError('FLAG_INVALID', `--filter: ${word} is no service, method or path`, {
    hint:
      near === undefined
        ? "write it as 'orders GET /orders/{id}', each part optional"
        : `did you mean ${near}?`,
  })
}

const fits = ({ service, method, pattern }: Wanted, call: Call): boolean =>
  (service === undefined || service === call.service.name) &&
  (method === undefined || method === call.method) &&
  (pattern === undefined || matchesPath(pattern, splitPath(call.path)))
