/**
 * The first code in every context: the tools, and how a call is run. It stands here as text because it lives inside
 * the isolate. It takes what it needs before any script runs, and then freezes everything that scripts share, so
 * that no script can change what another one, or this code, relies on.
 *
 * Nothing here ever resumes by a promise of the host's: V8 would run what follows without a time limit. The host
 * answers by calling `answer`, under the same limit as any other stretch.
 */

/** `$0` tells the host something, `$1` hashes, with `$2` time stands still in a run. Returns the functions that the host calls. */
export const prelude = `'use strict'
const tell = $0, hashText = $1
const maxResult = 10 * 1024 * 1024
const { parse, stringify, rawJSON } = JSON
const longDigits = /\\d{16}/
const keepDigits = (key, value, context) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\\d+$/.test(context.source) ? BigInt(context.source) : value
Object.defineProperty(BigInt.prototype, 'toJSON', { value() { return rawJSON(String(this)) } })
const programs = new Map(), calls = new Map(), packages = new Map()
const still = { at: null }
if ($2) {
  const Real = Date
  const { parse, UTC } = Real
  const Still = function Date(...parts) {
    if (new.target === undefined) return new Still().toString()
    return Reflect.construct(Real, parts.length === 0 ? [still.at] : parts, new.target)
  }
  Object.assign(Still, { parse, UTC, now: () => still.at })
  Still.prototype = Real.prototype
  Still.prototype.constructor = Still
  globalThis.Date = Still
}
const now = () => new Date().toISOString()
const randomFrom = (a, b, c, d) => {
  const rotate = (x, k) => (x << k) | (x >>> (32 - k))
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const t = b << 9
    c ^= a; d ^= b; b ^= c; a ^= d; c ^= t; d = rotate(d, 11)
    return result
  }
}
const hex = (n) => (n >>> 0).toString(16).padStart(8, '0')
const uuidFrom = (next) => {
  const a = hex(next()), b = hex(next()), c = hex(next()), d = hex(next())
  return a + '-' + b.slice(0, 4) + '-4' + b.slice(5) + '-' + ((parseInt(c[0], 16) & 3) | 8).toString(16) + c.slice(1, 4) + '-' + c.slice(4) + d
}
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const toBytes = (text) => unescape(encodeURIComponent(text))
const base64 = Object.freeze({
  encode(text) {
    const bytes = toBytes(String(text))
    let out = ''
    for (let i = 0; i < bytes.length; i += 3) {
      const n = (bytes.charCodeAt(i) << 16) | ((bytes.charCodeAt(i + 1) || 0) << 8) | (bytes.charCodeAt(i + 2) || 0)
      out += letters[n >> 18] + letters[(n >> 12) & 63] + (i + 1 < bytes.length ? letters[(n >> 6) & 63] : '=') + (i + 2 < bytes.length ? letters[n & 63] : '=')
    }
    return out
  },
  decode(text) {
    let bytes = '', bits = 0, held = 0
    for (const letter of String(text).replace(/-/g, '+').replace(/_/g, '/').replace(/[\\s=]/g, '')) {
      const value = letters.indexOf(letter)
      if (value < 0) throw new TypeError('not base64: ' + letter)
      held = ((held << 6) | value) & 0xffff
      bits += 6
      if (bits >= 8) { bits -= 8; bytes += String.fromCharCode((held >> bits) & 255) }
    }
    return decodeURIComponent(escape(bytes))
  },
})
const wanted = (name) => {
  const found = packages.get(name)
  if (found === undefined) throw new Error('tools.' + name + ' is loaded for scripts that name it: write tools.' + name)
  return found
}
const jsonpath = (value, query) => wanted('jsonpath').jsonpath.query(query, value).values()
const hash = (algorithm, text) => {
  const [ok, result] = hashText(String(algorithm), String(text)).split(':', 2)
  if (ok !== 'ok') throw new TypeError(result)
  return result
}
const shown = (value) => {
  if (typeof value === 'string') return value
  try { return stringify(value) ?? String(value) } catch { return String(value) }
}
const toolsOf = (call, seeds) => {
  let next, fakers
  const random32 = () => (next ??= randomFrom(seeds[0], seeds[1], seeds[2], seeds[3]))()
  const random = () => (random32() * 2097152 + (random32() >>> 11)) / 9007199254740992
  const ask = (what, ...args) => new Promise((resolve, reject) => {
    if (calls.get(call.id) !== call) throw new Error('the call is over')
    const operation = ++call.operations
    call.waiting.set(operation, { resolve, reject })
    tell(call.id, operation, what, stringify(args) )
  })
  return {
    now, base64, jsonpath, hash, random,
    uuid: () => uuidFrom(random32),
    state: {
      get: (key) => ask('get', String(key)),
      set: (key, value) => ask('set', String(key), value ?? null),
      incr: (key, by = 1) => ask('incr', String(key), Number(by)),
      delete: (key) => ask('delete', String(key)),
    },
    forward: () => ask('forward'),
    sleep: (ms) => ask('sleep', Number(ms)),
    log: (...values) => { if (call.logs.length < 20) call.logs.push(values.map(shown).join(' ').slice(0, 500)) },
    get faker() {
      if (fakers === undefined) {
        const { Faker, en, zh_CN, base } = wanted('faker')
        const randomizer = { next: random, seed() {} }
        fakers = new Faker({ locale: [en, base], randomizer })
        fakers.zh_CN = new Faker({ locale: [zh_CN, en, base], randomizer })
        fakers.en = fakers
      }
      return fakers
    },
  }
}
/** What is told begins with its kind: v and the value's JSON, or o and an outcome of another kind. */
const end = (call, outcome) => { calls.delete(call.id); call.waiting.clear(); return outcome }
const failed = (call, error) => {
  let message = 'threw something that cannot be shown', stack = ''
  try {
    const isError = typeof error === 'object' && error !== null && 'stack' in error
    message = isError ? String(error.name ?? 'Error') + ': ' + String(error.message) : 'threw ' + shown(error)
    if (isError) stack = String(error.stack)
  } catch {}
  return end(call, 'o' + stringify(['SCRIPT_ERROR', message.slice(0, 1000), stack.slice(0, 4000), call.logs]))
}
const bad = (call, message) => end(call, 'o' + stringify(['SCRIPT_BAD_RESULT', message, '', call.logs]))
const finish = (call, result) => {
  let text
  try { text = stringify(result) } catch (error) {
    let why = ''
    try { why = String(error.message).slice(0, 300).split('\\n')[0] } catch {}
    return bad(call, 'the result cannot be written as JSON: ' + why)
  }
  if (text === undefined) return bad(call, 'the result is ' + (result === undefined ? 'undefined: does the script return?' : 'a ' + typeof result))
  if (text.length > maxResult) return bad(call, 'the result has more than 10 MB')
  return end(call, call.logs.length === 0 ? 'v' + text : 'o' + stringify(['', text, '', call.logs]))
}
const run = (id, program, request, a, b, c, d, at) => {
  still.at = at
  const call = { id, operations: 0, waiting: new Map(), logs: [] }
  calls.set(id, call)
  let result
  try {
    const data = longDigits.test(request) ? parse(request, keepDigits) : parse(request)
    result = programs.get(program)(data, toolsOf(call, [a, b, c, d]))
    const type = typeof result
    if ((type !== 'object' && type !== 'function') || result === null || typeof result.then !== 'function')
      return finish(call, result)
  } catch (error) {
    return failed(call, error)
  }
  new Promise((resolve) => resolve(result))
    .then((value) => finish(call, value), (error) => failed(call, error))
    .then((outcome) => tell(id, 0, 'end', outcome))
  return ''
}
const answer = (id, operation, ok, text) => {
  const waiting = calls.get(id)?.waiting
  const one = waiting?.get(operation)
  if (one === undefined) return
  waiting.delete(operation)
  if (!ok) one.reject(new Error(text))
  else one.resolve(text === '' ? undefined : longDigits.test(text) ? parse(text, keepDigits) : parse(text))
}
const drop = (id) => { calls.get(id)?.waiting.clear(); calls.delete(id) }
const register = (program, entry) => { programs.set(program, entry) }
const forget = (program) => { programs.delete(program) }
const provide = (name, value) => { packages.set(name, value) }

for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics']) delete globalThis[name]
const freeze = () => {
  const seen = new Set()
  /** Frozen, a prototype's plain property could not even be shadowed (error.name = …): setters that define allow that. */
  const enable = (owner) => {
    for (const key of Reflect.ownKeys(owner)) {
      const property = Object.getOwnPropertyDescriptor(owner, key)
      if (!property.configurable || !('value' in property) || typeof key === 'symbol') continue
      const { value } = property
      Object.defineProperty(owner, key, {
        get() { return value },
        set(replacement) {
          if (this === owner) throw new TypeError('what all scripts share cannot be changed: ' + key)
          if (this === null || typeof this !== 'object' && typeof this !== 'function') return
          Object.defineProperty(this, key, { value: replacement, writable: true, enumerable: true, configurable: true })
        },
        enumerable: property.enumerable, configurable: false,
      })
    }
  }
  const shadowed = [Object.prototype, Function.prototype, Error.prototype, EvalError.prototype, RangeError.prototype,
    ReferenceError.prototype, SyntaxError.prototype, TypeError.prototype, URIError.prototype, AggregateError.prototype]
  const visit = (value) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return
    seen.add(value)
    visit(Object.getPrototypeOf(value))
    const properties = Reflect.ownKeys(value).map((key) => Object.getOwnPropertyDescriptor(value, key))
    for (const { value: held, get, set } of properties) { visit(held); visit(get); visit(set) }
  }
  visit(globalThis)
  for (const made of [function* () {}, async function () {}, async function* () {}, [][Symbol.iterator](), ''[Symbol.iterator](),
    new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), /x/[Symbol.matchAll]('x'), (function* () {})(), (async function* () {})()])
    visit(Object.getPrototypeOf(made))
  for (const owner of shadowed) enable(owner)
  for (const value of seen) Object.freeze(value)
}
return { run, answer, drop, register, forget, provide, freeze }
`
