/** What a pair answers, and what becomes of states. */
import { isTemplate, type TemplateWords, templateText } from '../handlebars/to-expressions.ts'
import type { JsonNode } from '../source/json-node.ts'
import { duration, responseOf } from '../source/reply.ts'
import { NotPossible, type Thing } from '../source/things.ts'

interface Reading {
  readonly words: TemplateWords
  readonly thing: Thing
}

/** A scenario has one state: so a pair may speak of one key. What is not set there is `Started` here. */
export const stateOf = (request: JsonNode, response: JsonNode): Record<string, unknown> => {
  const required = request.get('requiresState')
  const next = response.get('transitionsState')
  const removed = response.get('removesState')
  const keys = new Set([
    ...required.fields().map(([key]) => key),
    ...next.fields().map(([key]) => key),
    ...removed.items().map((one) => one.text() ?? ''),
  ])
  const [key, ...others] = [...keys]
  if (key === undefined) return {}
  if (others.length > 0)
    throw new NotPossible(
      `it speaks of several states (${[...keys].join(', ')}), and a scenario has one`,
      required.missing ? next : required,
    )
  const stateIn = (node: JsonNode): string | undefined => {
    const value = node.get(key).scalar()
    if (value !== undefined && isTemplate(value)) throw new NotPossible('a state that is a template', node)
    // A sequence begins with 1 of itself.
    return value === '1' && key.startsWith('sequence:') ? 'Started' : value
  }
  const [from, to] = [stateIn(required), removed.items().length > 0 ? 'Started' : stateIn(next)]
  return {
    scenarioName: `hoverfly ${key}`,
    ...(from !== undefined && { requiredScenarioState: from }),
    ...(to !== undefined && { newScenarioState: to }),
  }
}

export const answerOf = (response: JsonNode, { words, thing }: Reading): Record<string, unknown> => {
  const templated = response.get('templated').boolean() === true
  const file = response.get('bodyFile')
  if (!file.missing && file.text() !== '')
    throw new NotPossible(`its body is in the file ${file.text() ?? ''} beside Hoverfly`, file)
  response.skip('bodyFilesDir')
  const action = response.get('postServeAction')
  if (action.isText && action.text() !== '')
    thing.note('postServeAction is left out: a mock answers, and calls nobody', action)
  const fill = (text: string): string => (templated && isTemplate(text) ? templateText(text, words) : text)
  const live = (text: string): boolean => templated && isTemplate(text)
  const headers = response
    .get('headers')
    .fields()
    .flatMap(([name, values]) => values.items().map((one) => [name, one.scalar() ?? ''] as const))
  const anyLive = headers.some(([, value]) => live(value))
  const text = response.get('body').text() ?? ''
  const encoded = response.get('encodedBody').boolean() === true
  const made = responseOf(
    {
      status: response.get('status').number() ?? 200,
      headers: anyLive ? headers.map(([name, value]) => [name, fill(value)] as const) : headers,
      liveHeaders: anyLive,
      body:
        text === ''
          ? undefined
          : encoded
            ? { kind: 'bytes', base64: text }
            : live(text)
              ? { kind: 'template', text: fill(text) }
              : { kind: 'text', text },
    },
    { thing, node: response },
  )
  const fault = delayOf(response, thing)
  return { ...(fault !== undefined && { fault }), response: made }
}

const delayOf = (response: JsonNode, thing: Thing): Record<string, unknown> | undefined => {
  const fixed = response.get('fixedDelay').number() ?? 0
  const normal = response.get('logNormalDelay')
  if (!normal.isMap) return fixed > 0 ? { delay: duration(fixed) } : undefined
  const median = normal.get('median').number() ?? 0
  const mean = normal.get('mean').number() ?? median
  for (const key of ['min', 'max'])
    if ((normal.get(key).number() ?? 0) > 0)
      thing.note(`${key} of the delay is left out: it has no bounds here`, normal.get(key))
  if (median <= 0) return fixed > 0 ? { delay: duration(fixed) } : undefined
  // Of a lognormal distribution the mean is median * e^(s²/2); jitter is one s above the median.
  const spread = Math.sqrt(2 * Math.log(Math.max(1, mean / median)))
  const jitter = Math.round(median * (Math.exp(spread) - 1))
  return {
    delay: duration(median + fixed),
    ...(jitter > 0 && { jitter: duration(jitter), distribution: 'lognormal' }),
  }
}
