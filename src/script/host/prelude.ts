/**
 * The first code in every context: the tools, and how a call is run. It stands here as text because it lives inside
 * the isolate. It takes what it needs before any script runs, and then freezes everything that scripts share, so
 * that no script can change what another one, or this code, relies on.
 *
 * Nothing here ever resumes by a promise of the host's: V8 would run what follows without a time limit. The host
 * answers by calling `answer`, under the same limit as any other stretch.
 */

/** `$0` tells the host something, `$1` hashes, `$2` is chance for calls that bring none, `$3` takes the running call, with `$4` time stands still in a run. Returns the functions that the host calls. */
export const prelude = `'use strict'
const tell = $0, hashText = $1, ownChance = $2, current = $3
const between = String.fromCharCode(31), behind = String.fromCharCode(30)
const maxResult = 10 * 1024 * 1024
/** As the host's: what is larger is refused before it leaves. */
const maxText = 1024 * 1024, maxWaiting = 1000
const { parse, stringify, rawJSON } = JSON
const { create, keys: ownKeys } = Object
const { isArray } = Array
const longDigits = /\\d{16}/
const keepDigits = (key, value, context) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\\d+$/.test(context.source) ? BigInt(context.source) : value
Object.defineProperty(BigInt.prototype, 'toJSON', { value() { return rawJSON(String(this)) } })
const programs = new Map(), calls = new Map(), packages = new Map()
const { now: clock } = Date
const still = { at: null }
if ($4) {
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
const hash = (algorithm, value) => {
  const text = String(value)
  if (text.length > maxText) throw new TypeError('hash takes at most 1 MB')
  const [ok, result] = hashText(String(algorithm).slice(0, 100), text).split(':', 2)
  if (ok !== 'ok') throw new TypeError(result)
  return result
}
const shown = (value) => {
  if (typeof value === 'string') return value
  try { return stringify(value) ?? String(value) } catch { return String(value) }
}
const fromSeed = (seed) => randomFrom(...seed.split(',').map(Number))
/** The chance of calls that bring none. */
const own = { next: undefined }
/** Only calls that wait for something must be found again. */
const know = (call) => { if (!call.known) { call.known = true; calls.set(call.id, call) } }
const toolsOf = (call, seed) => {
  let next, fakers
  const random32 = () => (next ??= seed === '' ? own.next ??= fromSeed(ownChance) : fromSeed(seed))()
  const random = () => (random32() * 2097152 + (random32() >>> 11)) / 9007199254740992
  const ask = (what, text) => new Promise((resolve, reject) => {
    if (call.over) throw new Error('the call is over')
    if (call.waiting !== undefined && call.waiting.size >= maxWaiting)
      throw new Error('at most ' + maxWaiting + ' operations can be waited for at once: write await')
    know(call)
    const operation = ++call.operations
    ;(call.waiting ??= new Map()).set(operation, { resolve, reject })
    tell(call.id, operation, what, text)
  })
  const json = (value) => {
    // Long texts are not written out first: that alone could take all memory.
    const text = typeof value === 'string' && value.length > maxText ? value : stringify(value) ?? 'null'
    if (text.length > maxText) throw new Error('a value in state has at most 1 MB')
    return text
  }
  const named = (key) => json(String(key))
  return {
    now, base64, jsonpath, hash, random,
    uuid: () => uuidFrom(random32),
    state: {
      get: (key) => ask('get', named(key)),
      set: (key, value) => ask('set', named(key) + between + json(value)),
      incr: (key, by = 1) => ask('incr', named(key) + between + Number(by)),
      delete: (key) => ask('delete', named(key)),
    },
    forward: () => ask('forward', ''),
    sleep: (ms) => ask('sleep', String(Number(ms))),
    log: (...values) => { if ((call.logs ??= []).length < 20) call.logs.push(values.map(shown).join(' ').slice(0, 500)) },
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
/** A whole message: see messages.ts. */
const end = (call, kind, outcome) => { if (call.known) calls.delete(call.id); call.over = true; call.waiting?.clear(); return kind + between + call.id + between + outcome + behind }
const failed = (call, error) => {
  let message = 'threw something that cannot be shown', stack = ''
  try {
    const isError = typeof error === 'object' && error !== null && 'stack' in error
    message = isError ? String(error.name ?? 'Error') + ': ' + String(error.message) : 'threw ' + shown(error)
    if (isError) stack = String(error.stack)
  } catch {}
  return end(call, 'e', 'SCRIPT_ERROR' + between + stringify([message.slice(0, 1000), stack.slice(0, 4000), call.logs ?? []]))
}
const bad = (call, message) => end(call, 'e', 'SCRIPT_BAD_RESULT' + between + stringify([message, '', call.logs ?? []]))
const plain = (value) => {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || isArray(value)
}
/** The parts of a result, as its shape wants them. */
const texts = ({ shape, key: apartKey }, result) => {
  if (shape === 'value') return stringify(result)
  if (shape === 'list') {
    let text = stringify(result[0]) ?? 'null'
    for (let i = 1; i < result.length; i++) text += between + (stringify(result[i]) ?? 'null')
    return text
  }
  if (typeof result === 'object' && result !== null && typeof result.toJSON === 'function') result = parse(stringify(result))
  if (typeof result !== 'object' || result === null) {
    const text = stringify(result)
    return text === undefined ? undefined : text + between
  }
  let head = '', apart = ''
  const others = create(null)
  for (const key of ownKeys(result)) {
    const value = result[key]
    if (value === undefined) continue
    if (key === apartKey) apart = stringify(value) ?? ''
    else { others[key] = value; head = 'some' }
  }
  if (head === '' && apart === '' && !plain(result)) throw new TypeError('it is a ' + (result[Symbol.toStringTag] ?? result.constructor?.name ?? 'object of its own kind'))
  return (head === '' ? '' : stringify(isArray(result) ? result : others)) + between + apart
}
const finish = (call, result) => {
  let text
  try { text = texts(call.program, result) } catch (error) {
    let why = ''
    try { why = String(error.message).slice(0, 300).split('\\n')[0] } catch {}
    return bad(call, 'the result cannot be written as JSON: ' + why)
  }
  if (text === undefined) return bad(call, 'the result is ' + (result === undefined ? 'undefined: does the script return?' : 'a ' + typeof result))
  if (text.length > maxResult) return bad(call, 'the result has more than 10 MB')
  return call.logs === undefined ? end(call, 'v', text) : end(call, 'o', stringify(call.logs) + between + text)
}
const read = (text) => longDigits.test(text) ? parse(text, keepDigits) : parse(text)
const run = (id, program, request, reply, seed) => {
  const { entry } = programs.get(program)
  const call = { id, program: programs.get(program), operations: 0, waiting: undefined, logs: undefined, known: false, over: false }
  let result
  try {
    const tools = toolsOf(call, seed)
    result = reply === '' ? entry(read(request), tools) : entry(read(request), read(reply), tools)
    const type = typeof result
    if ((type !== 'object' && type !== 'function') || result === null || typeof result.then !== 'function')
      return finish(call, result)
  } catch (error) {
    return failed(call, error)
  }
  know(call)
  new Promise((resolve) => resolve(result))
    .then((value) => finish(call, value), (error) => failed(call, error))
    .then((outcome) => tell(id, 0, 'end', outcome))
  return ''
}
/** Runs that came together. One that takes long sends the others back, so that none is cut off by another's time. */
const companyMs = 2
const blame = (id) => { current[0] = id }
const company = { begun: 0, open: '', messages: '', latest: '' }
const begin = (text) => {
  const runs = text.split(behind), started = runs.length > 1 ? clock() : 0
  company.begun = 0; company.open = ''; company.messages = ''; company.latest = ''
  for (const one of runs) {
    if (company.begun > 0 && clock() - started >= companyMs) break
    const [id, program, seed, request, reply, at] = one.split(between)
    current[0] = id
    company.latest = id
    if (at !== '') still.at = Number(at)
    company.begun++
    const message = run(+id, +program, request, reply, seed)
    if (message === '') company.open += (company.open === '' ? '' : ',') + id
    else company.messages += message
  }
  return company.begun + ';' + company.open + ';' + company.messages
}
/** What came of those before the one that was cut off, which is the last that goes on. */
const interrupted = () =>
  company.begun + ';' + (company.open === '' ? '' : company.open + ',') + company.latest + ';' + company.messages
const answer = (id, operation, ok, text) => {
  current[0] = id
  const waiting = calls.get(id)?.waiting
  const one = waiting?.get(operation)
  if (one === undefined) return
  waiting.delete(operation)
  if (!ok) one.reject(new Error(parse(text)))
  else one.resolve(text === '' ? undefined : read(text))
}
const drop = (id) => {
  const call = calls.get(id)
  if (call === undefined) return
  call.over = true
  call.waiting?.clear()
  calls.delete(id)
}
const register = (program, entry, shape) => { programs.set(program, { entry, shape, key: shape.slice('apart:'.length) }) }
const forget = (program) => { programs.delete(program) }
const provide = (name, value) => { packages.set(name, value) }

/** The last two call back when V8 collects garbage, under no limit. */
for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'FinalizationRegistry', 'WeakRef']) delete globalThis[name]
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
    new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), /x/[Symbol.matchAll]('x'), (function* () {})(), (async function* () {})(),
    [].values().map((x) => x), Iterator.from({ next() {} }), new Intl.Segmenter().segment('x'), new Intl.Segmenter().segment('x')[Symbol.iterator]()])
    visit(Object.getPrototypeOf(made))
  for (const owner of shadowed) enable(owner)
  for (const value of seen) Object.freeze(value)
}
return { begin, interrupted, answer, drop, register, forget, provide, freeze, blame }
`
