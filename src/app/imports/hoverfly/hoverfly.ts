/** `svc-mock import hoverfly <file>`: simulations of schema 5. */
import type { MockFormat } from '../format.ts'
import type { MadeMock } from '../generated-file.ts'
import type { TemplateWords } from '../handlebars/to-expressions.ts'
import { type Formula, requestsOf } from '../source/formula.ts'
import type { JsonNode } from '../source/json-node.ts'
import { readJsonSource, refuseSource } from '../source/json-source.ts'
import { named, serviceName } from '../source/names.ts'
import { inOrder } from '../source/order.ts'
import { regexText } from '../source/regex.ts'
import { openSound, type Sound } from '../source/sound.ts'
import { NotPossible, type Thing, Things } from '../source/things.ts'
import { answerOf, stateOf } from './answer.ts'
import { conditionOf, globText, kindOf } from './matchers.ts'
import { hoverflyWords } from './words.ts'

export const hoverflyFormat: MockFormat = {
  kind: 'mocks',
  name: 'hoverfly',
  summary: 'simulations of Hoverfly, schema 5',
  thing: 'pair',
  read: async (source, { config, cwd, service, version }) => {
    const file = readJsonSource(source, { cwd, root: config.root }, 'a simulation of Hoverfly')
    const { root } = file
    const data = simulationOf(root, file.file)
    const things = new Things()
    const sound = await openSound()
    try {
      const pairs = data.get('pairs').items()
      const only = onlyDestination(pairs)
      const literals = Object.fromEntries(
        data
          .get('literals')
          .items()
          .map((one) => [one.get('name').text() ?? '', one.get('value').value]),
      )
      const reading: Reading = { words: hoverflyWords({ literals }), only, sound }
      const made = pairs.flatMap((pair, i) => {
        const title = titleOf(pair, i)
        const mocks = things.take(title, pair, (thing) => mocksOf(pair, title, { ...reading, thing })) ?? []
        return mocks.map((mock) => ({ mock, score: scoreOf(pair), i }))
      })
      // The strongest match wins, and of equals the last.
      made.sort((a, b) => b.score - a.score || b.i - a.i)
      const mocks = inOrder(named(made.map(({ mock }) => mock)))
      settingsOf(root, data, things)
      return {
        service: service ?? serviceName(only ?? 'hoverfly'),
        version,
        source: file.source,
        files: new Map(
          mocks.length === 0 ? [] : [['hoverfly.yaml', { head: { conveniences: false }, mocks }]],
        ),
        entries: things.entries,
        problems: [],
      }
    } finally {
      sound.close()
    }
  },
}

const simulationOf = (root: JsonNode, file: string): JsonNode => {
  const data = root.get('data')
  if (!data.get('pairs').isList)
    throw refuseSource(
      root,
      `${file} has no data.pairs, so it is no simulation of Hoverfly`,
      'export it: hoverctl export simulation.json',
    )
  const schema = root.get('meta').get('schemaVersion')
  const version = schema.text() ?? ''
  if (!/^v5(?:\.\d+)*$/.test(version))
    throw refuseSource(
      schema.missing ? root : schema,
      `${file} has schema ${version === '' ? 'of no version' : version}, and v5 is read`,
      'import it into a current Hoverfly and export it again: that brings it to v5',
    )
  return data
}

/** The host that all pairs are for, if they name one. */
const onlyDestination = (pairs: readonly JsonNode[]): string | undefined => {
  const all = new Set(
    pairs.map((pair) => {
      const [one, ...others] = pair.get('request').get('destination').items()
      return one !== undefined && others.length === 0 && kindOf(one) === 'exact'
        ? one.get('value').text()
        : undefined
    }),
  )
  return all.size === 1 ? [...all][0] : undefined
}

interface Reading {
  readonly words: TemplateWords
  readonly only: string | undefined
  readonly sound: Sound
}

const titleOf = (pair: JsonNode, i: number): string => {
  const request = pair.get('request')
  const first = (key: string): string | undefined => request.get(key).items()[0]?.get('value').scalar()
  const labels = pair
    .get('labels')
    .items()
    .map((one) => one.text() ?? '')
  return [
    [first('method'), first('path')].filter((part) => part !== undefined).join(' ') || 'any call',
    ...labels,
    `pair ${i + 1}`,
  ].join(', ')
}

/** Exact matchers count two, others one, states one. */
const scoreOf = (pair: JsonNode): number => {
  const request = pair.get('request')
  const of = (node: JsonNode): number =>
    node.items().reduce((sum, one) => sum + (/^(?:exact|containsexactly)$/.test(kindOf(one)) ? 2 : 1), 0)
  const fields = ['method', 'path', 'destination', 'scheme', 'body'].reduce(
    (sum, key) => sum + of(request.get(key)),
    0,
  )
  const named = ['query', 'headers'].reduce(
    (sum, key) =>
      sum +
      request
        .get(key)
        .fields()
        .reduce((more, [, node]) => more + of(node), 0),
    0,
  )
  return fields + named + request.get('requiresState').fields().length
}

const mocksOf = (
  pair: JsonNode,
  title: string,
  reading: Reading & { readonly thing: Thing },
): readonly MadeMock[] => {
  const request = pair.get('request')
  const response = pair.get('response')
  const requests = requestsOf(formulaOf(request, reading))
  const rest = { ...stateOf(request, response), ...answerOf(response, reading) }
  const mocks = requests.map((one) => ({ name: title, request: one, ...rest }))
  for (const mock of mocks) reading.sound(mock)
  return mocks
}

const formulaOf = (request: JsonNode, { thing, only }: Reading & { readonly thing: Thing }): Formula => {
  const all: Formula[] = []
  for (const one of request.get('method').items()) all.push(methodOf(one))
  for (const one of request.get('path').items()) all.push(pathOf(one))
  const destination = request.get('destination')
  if (only === undefined && destination.items().length > 0)
    all.push({ on: 'headers', name: 'host', condition: conditionOf(destination, 'text', thing) })
  else destination.skip()
  const scheme = request.get('scheme')
  if (scheme.items().length > 0) thing.note('the scheme is not compared', scheme)
  scheme.skip()
  const whole = request.get('deprecatedQuery')
  if (whole.items().length > 0) throw new NotPossible('a matcher on the query as one text', whole)
  for (const on of ['query', 'headers'] as const)
    for (const [name, node] of request.get(on).fields())
      all.push({ on, name, condition: conditionOf(node, 'text', thing) })
  const body = request.get('body')
  // An exact empty body is what captures write where there was none.
  const [first, ...others] = body.items()
  if (
    first !== undefined &&
    others.length === 0 &&
    kindOf(first) === 'exact' &&
    first.get('value').text() === ''
  )
    all.push({ on: 'body', condition: { $not: { $matches: '.+' } } })
  else if (first !== undefined) all.push({ on: 'body', condition: conditionOf(body, 'body', thing) })
  return { all }
}

const methodOf = (node: JsonNode): Formula => {
  const value = node.get('value').text() ?? ''
  const kind = kindOf(node)
  if (kind === 'exact') return { on: 'method', is: value }
  const whole =
    kind === 'glob'
      ? globText(value)
      : kind === 'regex'
        ? regexText(value, { flavour: 'go', reach: 'search' })
        : undefined
  if (whole === undefined) throw new NotPossible(`the matcher ${kind} on the method`, node)
  return { on: 'test', expression: `new RegExp(${JSON.stringify(`^(?:${whole})$`)}, 's').test(method)` }
}

const pathOf = (node: JsonNode): Formula => {
  const value = node.get('value').text() ?? ''
  switch (kindOf(node)) {
    case 'exact':
      return { on: 'path', is: value }
    case 'negate':
      return { not: { on: 'path', is: value } }
    case 'glob':
      return { on: 'path', whole: globText(value) }
    case 'regex':
      return { on: 'path', whole: regexText(value, { flavour: 'go', reach: 'search' }) }
    default:
      throw new NotPossible(`the matcher ${kindOf(node)} on the path`, node)
  }
}

const settingsOf = (root: JsonNode, data: JsonNode, things: Things): void => {
  root.get('meta').skip()
  data.skip('literals')
  const actions = data.get('globalActions')
  for (const key of ['delays', 'delaysLogNormal'])
    if (actions.get(key).items().length > 0)
      things.setting(
        'simulation',
        actions.get(key),
        'not possible',
        'delays by address: write fault: { delay } under the service, or in mocks',
      )
  const variables = data.get('variables')
  if (variables.items().length > 0)
    things.setting('simulation', variables, 'not possible', 'variables of templates')
  things.rest(root, 'simulation')
}
