/** Responses of a stub: answered in turn, for ever; what differs between them in more than the answer needs a scenario. */

import { quoted } from '../source/formula.ts'
import type { JsonNode } from '../source/json-node.ts'
import { duration, escapeTemplates, responseOf } from '../source/reply.ts'
import { NotPossible, type Thing } from '../source/things.ts'
import type { Answer } from '../source/turns.ts'

const copiesAtMost = 50

/** In the order in which they are given, as often as `repeat` says. Throws NotPossible. */
export const answersOf = (stub: JsonNode, defaults: JsonNode, thing: Thing): readonly Answer[] => {
  const responses = stub.get('responses').items()
  if (responses.length === 0)
    return [{ response: responseOf(replyOf(defaults, defaults, thing), { thing, node: stub }) }]
  const answers = responses.flatMap((response) => {
    const times = repeatOf(response)
    const answer = answerOf(response, defaults, thing)
    if (times > copiesAtMost) throw new NotPossible(`an answer that is repeated ${times} times`, response)
    return Array.from({ length: times }, () => answer)
  })
  // Repeating all there is changes nothing.
  return answers.every((answer) => JSON.stringify(answer) === JSON.stringify(answers[0]))
    ? answers.slice(0, 1)
    : answers
}

const repeatOf = (response: JsonNode): number => {
  const own = response.get('repeat').number()
  const old = behaviorsOf(response).map((one) => one.get('repeat').number())
  return Math.max(1, Math.trunc(own ?? old.find((one) => one !== undefined) ?? 1))
}

/** A list since mountebank 2, before that one map named `_behaviors`. */
const behaviorsOf = (response: JsonNode): readonly JsonNode[] =>
  ['behaviors', '_behaviors'].flatMap((key) => {
    const node = response.get(key)
    return node.isList ? node.items() : node.isMap ? [node] : []
  })

const answerOf = (response: JsonNode, defaults: JsonNode, thing: Thing): Answer => {
  const inject = response.get('inject')
  if (!inject.missing)
    throw new NotPossible('inject is a function of mountebank: write it as a script', inject)
  const fault = response.get('fault')
  if (!fault.missing) return { fault: { abort: abortOf(fault, thing) }, response: {} }
  const behaviors = behaviorsOf(response)
  const delay = behaviors.map((one) => waitOf(one.get('wait'), thing)).find((one) => one !== undefined)
  const timed = delay === undefined ? {} : { fault: { delay: duration(delay) } }
  const proxy = response.get('proxy')
  if (!proxy.missing) return { ...proxied(proxy, thing), ...timed }
  const is = response.get('is')
  if (!is.isMap) throw new NotPossible('a response that is none of is, proxy, inject and fault', response)
  const copies = behaviors.flatMap((one) => copiesOf(one))
  const made = responseOf(replyOf(is, defaults, thing), { thing, node: is })
  return { ...timed, response: copies.length === 0 ? made : filled(made, copies) }
}

const abortOf = (fault: JsonNode, thing: Thing): string => {
  const kind = fault.text()
  if (kind === 'CONNECTION_RESET_BY_PEER') return 'reset'
  if (kind !== 'RANDOM_DATA_THEN_CLOSE') throw new NotPossible(`a fault ${kind}`, fault)
  thing.note('RANDOM_DATA_THEN_CLOSE becomes a broken chunk behind a good head', fault)
  return 'malformed'
}

const waitOf = (wait: JsonNode, thing: Thing): number | undefined => {
  if (wait.missing) return undefined
  const given = wait.scalar() ?? ''
  const ms = Number.parseInt(given, 10)
  if (!Number.isNaN(ms)) return Math.max(0, ms)
  thing.note('a wait that a function computes is left out: write fault: { delay, jitter }', wait)
  return undefined
}

const proxied = (proxy: JsonNode, thing: Thing): Answer => {
  const to = proxy.get('to').text() ?? ''
  thing.note(
    `asks the real service that svc-mock.yaml names for the service; mountebank asked ${to}`,
    proxy.get('to'),
  )
  const mode = proxy.get('mode').text() ?? 'proxyOnce'
  if (mode !== 'proxyTransparent')
    thing.note(`${mode} keeps what the real service answered: svc-mock record does that`, proxy)
  proxy.skip('predicateGenerators', 'addWaitBehavior')
  const decorate = proxy.get('addDecorateBehavior')
  if (!decorate.missing)
    thing.note('addDecorateBehavior is left out: it is a function of mountebank', decorate)
  decorate.skip()
  return { upstream: {} }
}

interface Reply {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Parameters<typeof responseOf>[0]['body']
}

/** What an answer leaves out is taken from the imposter's `defaultResponse`. */
const replyOf = (is: JsonNode, defaults: JsonNode, thing: Thing): Reply => {
  const of = (key: string): JsonNode =>
    is.get(key).missing || is.get(key).scalar() === '' ? defaults.get(key) : is.get(key)
  const status = of('statusCode')
  const code = Number(status.scalar() ?? 200)
  const headers = of('headers')
    .fields()
    .flatMap(([name, value]) => {
      if (value.isList) return value.items().map((item) => [name, item.scalar() ?? ''] as const)
      const text = value.scalar()
      if (text === undefined) thing.note(`the header ${name} is left out: it is no text`, value)
      return text === undefined ? [] : [[name, text] as const]
    })
  const body = of('body')
  const binary = of('_mode').text() === 'binary'
  return {
    status: code,
    headers,
    body: body.missing
      ? undefined
      : binary
        ? { kind: 'bytes', base64: body.text() ?? '' }
        : body.isText
          ? { kind: 'text', text: body.text() ?? '' }
          : { kind: 'json', value: body.value },
  }
}

interface Copy {
  readonly token: string
  /** JavaScript; undefined where nothing is found. */
  readonly values: string
}

const copiesOf = (behavior: JsonNode): readonly Copy[] => {
  for (const key of ['decorate', 'shellTransform', 'lookup'] as const) {
    const node = behavior.get(key)
    if (node.missing) continue
    throw new NotPossible(
      key === 'lookup'
        ? 'lookup reads a table beside mountebank: write the answer as a script'
        : `${key} runs code of mountebank: write it as a script`,
      node,
    )
  }
  const copy = behavior.get('copy')
  const all = copy.isList ? copy.items() : copy.missing ? [] : [copy]
  return all.map((one) => ({ token: one.get('into').text() ?? '', values: foundBy(one) }))
}

const foundBy = (copy: JsonNode): string => {
  const using = copy.get('using')
  const method = using.get('method').text()
  const selector = using.get('selector').text() ?? ''
  const from = copy.get('from')
  const of = sourceOf(from)
  if (method === 'regex') {
    const options = using.get('options')
    const flags = `${options.get('ignoreCase').boolean() === true ? 'i' : ''}${options.get('multiline').boolean() === true ? 'm' : ''}`
    const text =
      from.isText && from.text() === 'body'
        ? "(typeof request.body === 'string' ? request.body : JSON.stringify(request.body ?? ''))"
        : of
    return `new RegExp(${quoted(selector)}, '${flags}').exec(${text} ?? '')`
  }
  if (method === 'jsonpath') return `jsonpath(${of}, ${quoted(selector)})`
  throw new NotPossible(`copy by ${method ?? 'nothing'}: expressions know regex and jsonpath`, using)
}

/** The first of several values. */
const sourceOf = (from: JsonNode): string => {
  if (from.isText) {
    const field = from.text() ?? ''
    if (field === 'path' || field === 'method' || field === 'body') return `request.${field}`
    throw new NotPossible(
      `copy from ${field}: expressions know path, method, query, headers, form and body`,
      from,
    )
  }
  const [entry] = from.fields()
  const name = entry?.[1].text()
  if (entry === undefined || name === undefined) throw new NotPossible('copy from nothing', from)
  const field = { query: 'query', headers: 'headers', form: 'body' }[entry[0]]
  if (field === undefined) throw new NotPossible(`copy from ${entry[0]}`, from)
  const key = field === 'headers' ? name.toLowerCase() : name
  return `[request.${field}?.[${quoted(key)}]].flat()[0]`
}

/** Tokens in texts become expressions; one that finds nothing stays, as in mountebank. */
const filled = (response: Record<string, unknown>, copies: readonly Copy[]): Record<string, unknown> => {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return copies.reduce((text, copy) => fillToken(text, copy), value)
    if (Array.isArray(value)) return value.map(fill)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fill(member)]))
  }
  return fill(response) as Record<string, unknown>
}

const fillToken = (text: string, { token, values }: Copy): string => {
  const written = escapeTemplates(token)
  if (written === '') return text
  return text.split(written).reduce((before, after) => {
    const index = /^\[(\d+)\]/.exec(after)
    const rest = index === null ? after : after.slice(index[0].length)
    const expression = `\${{ String((${values})?.[${index?.[1] ?? 0}] ?? ${quoted(token + (index?.[0] ?? ''))}) }}`
    return `${before}${expression}${rest}`
  })
}
