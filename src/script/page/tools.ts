/** The tools of expressions in a page: what script/host/prelude.ts gives in an isolate. */

import { base64Text, utf8Bytes } from '../../core/bytes.ts'
import type { Chance } from '../../core/chance.ts'
import type { Clock } from '../../core/clock.ts'
import { parseJson, stringifyJson } from '../../core/json.ts'
import type { ScriptState } from '../../core/script-state.ts'
import { checkedKey, keyCheck } from './keys.ts'
import type { PageTools, ToolPackages } from './program.ts'

const maxText = 1024 * 1024

export interface ToolSurroundings {
  readonly packages: ToolPackages
  readonly chance: Chance
  readonly clock: Clock
  /** ms since the epoch. */
  now(): number
  state(): ScriptState
}

/** For one run. `logs`: where `log` writes. */
export const pageTools = (
  { packages, chance, clock, now, state }: ToolSurroundings,
  logs: string[],
): PageTools => {
  let faker: unknown
  return {
    [keyCheck]: checkedKey,
    JSON: pageJson,
    now: () => new Date(now()).toISOString(),
    random: () => chance.random(),
    uuid: () => chance.uuid(),
    base64,
    jsonpath: (value: unknown, query: string) =>
      packages.jsonpath!.jsonpath.query(query, value as never).values(),
    hash: (algorithm: unknown, value: unknown) => {
      const text = String(value)
      if (text.length > maxText) throw new TypeError('hash takes at most 1 MB')
      return packages.hash!(String(algorithm), text)
    },
    state: {
      get: async (key: unknown) => {
        const json = state().get(String(key))
        return json === undefined ? undefined : fromJson(json)
      },
      set: async (key: unknown, value: unknown) => {
        state().set(String(key), stringifyJson(value))
      },
      incr: async (key: unknown, by: unknown = 1) => state().incr(String(key), Number(by)),
      delete: async (key: unknown) => state().delete(String(key)),
    },
    sleep: (ms: unknown) =>
      new Promise<void>((resolve) => {
        clock.after(Number(ms), resolve)
      }),
    log: (...values: readonly unknown[]) => {
      if (logs.length < 20) logs.push(values.map(shown).join(' ').slice(0, 500))
    },
    get faker() {
      faker ??= newFaker(packages.faker!, chance)
      return faker
    },
  }
}

type Replacer = (this: unknown, key: string, value: unknown) => unknown

/** JSON as in an isolate, where a bigint has its digits. */
export const pageJson = Object.freeze({
  parse: JSON.parse,
  stringify: (value: unknown, replacer?: Replacer | readonly string[], space?: string | number) =>
    JSON.stringify(value, withDigits(replacer), space),
})

const withDigits = (replacer: Replacer | readonly string[] | undefined): Replacer =>
  function (this: unknown, key, value) {
    const part =
      typeof value === 'bigint'
        ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value))
        : value
    if (typeof replacer === 'function') return replacer.call(this, key, part)
    const leftOut = Array.isArray(replacer) && key !== '' && !Array.isArray(this) && !replacer.includes(key)
    return leftOut ? undefined : part
  }

const base64 = Object.freeze({
  encode: (value: unknown) => {
    const text = String(value)
    if (!text.isWellFormed()) throw new URIError('URI malformed')
    return base64Text(utf8Bytes(text))
  },
  decode: (text: unknown) => {
    const letters = String(text).replaceAll('-', '+').replaceAll('_', '/').replace(/[\s=]/g, '')
    const wrong = /[^A-Za-z\d+/]/.exec(letters)
    if (wrong !== null) throw new TypeError(`not base64: ${wrong[0]}`)
    // One letter alone holds no byte.
    const whole = letters.length % 4 === 1 ? letters.slice(0, -1) : letters
    const bytes = Uint8Array.from(atob(whole), (one) => one.charCodeAt(0))
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch {
      throw new URIError('URI malformed')
    }
  },
})

const newFaker = ({ Faker, en, zh_CN, base }: NonNullable<ToolPackages['faker']>, chance: Chance): object => {
  const randomizer = { next: () => chance.random(), seed: () => undefined }
  const faker = new Faker({ locale: [en, base], randomizer })
  return Object.assign(faker, {
    zh_CN: new Faker({ locale: [zh_CN, en, base], randomizer }),
    en: faker,
  })
}

export const fromJson = (json: string): unknown => {
  const parsed = parseJson(json)
  if (!parsed.ok) throw new SyntaxError(parsed.problem)
  return parsed.value
}

const shown = (value: unknown): string => {
  if (typeof value === 'string') return value
  try {
    return value === undefined ? 'undefined' : stringifyJson(value)
  } catch {
    return String(value)
  }
}
