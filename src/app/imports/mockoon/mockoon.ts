/** `svc-mock import mockoon <file>`: an environment, as Mockoon keeps it. */
import type { ImportContext, MockFormat } from '../format.ts'
import type { MadeMock } from '../generated-file.ts'
import { type Formula, quoted, requestsOf } from '../source/formula.ts'
import type { JsonNode } from '../source/json-node.ts'
import { type JsonSource, readJsonSource } from '../source/json-source.ts'
import { cleanName, named, serviceName } from '../source/names.ts'
import { inOrder } from '../source/order.ts'
import { openSound, type Sound } from '../source/sound.ts'
import { NotPossible, type Thing, Things } from '../source/things.ts'
import { type Answer, mocksInTurn } from '../source/turns.ts'
import { Answers } from './answers.ts'
import { crudMocks, crudScript } from './crud.ts'
import { bucketsOf, environmentOf, modeOf, routesInOrder } from './environment-file.ts'
import { type Buckets, mockoonWords } from './helpers.ts'
import { patternsOf } from './path.ts'
import { ruleFormula } from './rules.ts'
import { settingsOf } from './settings.ts'

export const mockoonFormat: MockFormat = {
  kind: 'mocks',
  name: 'mockoon',
  summary: "Mockoon's environments",
  thing: 'part',
  read: async (source, context) => {
    const file = readJsonSource(
      source,
      { cwd: context.cwd, root: context.config.root },
      'an environment of Mockoon',
    )
    const root = environmentOf(file)
    const sound = await openSound()
    try {
      return new Environment(root, file, sound).read(context)
    } finally {
      sound.close()
    }
  },
}

class Environment {
  readonly #root: JsonNode
  readonly #file: JsonSource
  readonly #sound: Sound
  readonly #things = new Things()
  readonly #prefix: string
  readonly #answers: Answers
  readonly #bucket: Buckets

  constructor(root: JsonNode, file: JsonSource, sound: Sound) {
    this.#root = root
    this.#file = file
    this.#sound = sound
    this.#prefix = (root.get('endpointPrefix').text() ?? '').replaceAll(/^\/+|\/+$/g, '')
    this.#bucket = bucketsOf(root.get('data'))
    const words = mockoonWords(this.#bucket, this.#prefix)
    this.#answers = new Answers(root, file.path, { words, bucket: this.#bucket })
  }

  read(context: ImportContext): Awaited<ReturnType<MockFormat['read']>> {
    const root = this.#root
    root.skip('uuid', 'name', 'port', 'hostname', 'rootChildren', 'folders')
    const mocks = routesInOrder(root).flatMap((route) => this.#route(route))
    settingsOf(root, this.#things, {
      headers: (node) => this.#answers.headers(node),
      mocks,
      templated: this.#answers.templated,
    })
    this.#things.rest(root, 'environment')
    const ordered = inOrder(named(mocks))
    const cors = root.get('cors').boolean() === true
    return {
      service: context.service ?? serviceName(root.get('name').text() ?? 'mockoon'),
      version: context.version,
      source: this.#file.source,
      files: new Map(
        ordered.length === 0
          ? []
          : [['mockoon.yaml', { ...(cors ? {} : { head: { conveniences: false } }), mocks: ordered }]],
      ),
      bodies: this.#answers.bodies,
      entries: this.#things.entries,
      problems: [],
    }
  }

  #route(route: JsonNode): readonly MadeMock[] {
    const method = route.get('method').text() ?? ''
    const name = `${method.toUpperCase()} /${route.get('endpoint').text() ?? ''}`.trim()
    return this.#things.take(name, route, (thing) => this.#mocks(route, thing)) ?? []
  }

  #mocks(route: JsonNode, thing: Thing): readonly MadeMock[] {
    route.skip('uuid', 'documentation', 'streamingInterval')
    if (route.get('enabled').boolean() === false)
      throw new NotPossible('it is switched off', route.get('enabled'))
    const type = route.get('type').text() ?? 'http'
    if (type === 'ws') throw new NotPossible('mocks of WebSockets are not there', route.get('type'))
    const streaming = route.get('streamingMode')
    if (streaming.isText) throw new NotPossible('a stream of events', streaming)
    if (!route.get('responses').isList) throw new NotPossible('it has no responses', route)
    const patterns = patternsOf(this.#prefix, route.get('endpoint'))
    if (type === 'crud') return this.#crud(route, patterns, thing)
    const method = route.get('method').text() ?? 'all'
    const formula: Formula = method === 'all' ? { all: [] } : { on: 'method', is: method.toUpperCase() }
    const made = patterns.flatMap((path) => this.#responses(route, { path, formula, thing }))
    for (const mock of made) this.#sound(mock)
    return made
  }

  #responses(
    route: JsonNode,
    { path, formula, thing }: { readonly path: string; readonly formula: Formula; readonly thing: Thing },
  ): readonly MadeMock[] {
    const responses = route.get('responses').items()
    const mode = modeOf(route)
    const preferred = responses.find((one) => one.get('default').boolean() === true) ?? responses[0]
    if (preferred === undefined) throw new NotPossible('it has no response', route)
    const withPath = (request: Readonly<Record<string, unknown>>): Record<string, unknown> => {
      const { method, ...others } = request
      return { ...(method !== undefined && { method }), path, ...others }
    }
    const title = (request: Readonly<Record<string, unknown>>, response: JsonNode): string => {
      const label = response.get('label').text() ?? ''
      return [
        `${String(request['method'] ?? 'any method')} ${path}`,
        ...(label === '' ? [] : [cleanName(label)]),
      ].join(': ')
    }
    const alone = (response: JsonNode, when: Formula): readonly MadeMock[] => {
      const answer = this.#answers.answer(response, thing)
      return requestsOf({ all: [formula, when] }).map((request) => ({
        name: title(request, response),
        request: withPath(request),
        ...answer,
      }))
    }
    for (const response of responses) response.skip('uuid')
    if (mode === 'RANDOM' || mode === 'SEQUENTIAL') {
      for (const response of responses) response.skip('rules', 'rulesOperator', 'label', 'default')
      const requests = requestsOf(formula).map(withPath)
      const answers = responses.map((response) => this.#answers.answer(response, thing))
      if (mode === 'RANDOM') {
        const script = atRandom(answers)
        if (script !== undefined)
          return requests.map((request) => ({ name: title(request, route), request, ...script }))
        if (answers.length > 1)
          thing.note(
            'the answers come in turn, not at random: they are not all fixed',
            route.get('responseMode'),
          )
      }
      return mocksInTurn(requests, answers, {
        scenario: `mockoon ${path}`,
        name: (request) => title(request, route),
      })
    }
    if (mode === 'DISABLE_RULES') {
      for (const response of responses)
        if (response !== preferred) {
          thing.note(
            `the answer ${response.get('label').text() ?? ''} is left out: rules are disabled`,
            response,
          )
          response.skip()
        } else response.skip('rules', 'rulesOperator')
      return alone(preferred, { all: [] })
    }
    const ruled = responses
      .filter((response) => response.get('rules').items().length > 0)
      .flatMap((response) => alone(response, ruleFormula(response, this.#bucket)))
    for (const response of responses) response.skip('rulesOperator', 'default')
    // What has no rules is given by default only.
    const byDefault = mode === 'FALLBACK' ? undefined : preferred
    for (const response of responses) {
      if (response === byDefault || response.get('rules').items().length > 0) continue
      const label = response.get('label').text() || String(response.get('statusCode').scalar() ?? '')
      thing.note(`the answer ${label} has no rules and is not the default: Mockoon never gives it`, response)
      response.skip()
    }
    return byDefault === undefined ? ruled : [...ruled, ...alone(byDefault, { all: [] })]
  }

  #crud(route: JsonNode, patterns: readonly string[], thing: Thing): readonly MadeMock[] {
    route.skip('method', 'responseMode')
    const [response, ...others] = route.get('responses').items()
    if (response === undefined) throw new NotPossible('it has no response', route)
    const id = response.get('databucketID')
    const bucket = this.#bucket(id.text() ?? '')
    if (bucket === undefined)
      throw new NotPossible('its data bucket is made anew for each call, or is not there', id)
    for (const other of others) thing.note('only the first answer of a CRUD route is made', other)
    for (const other of others) other.skip()
    const headers = Object.fromEntries(this.#answers.headers(response.get('headers')))
    const value = { id: id.text() ?? '', value: bucket.value }
    const key = response.get('crudKey').text() || 'id'
    response.skip()
    thing.note(
      'filters of the query are not made: search, sort, order, page and limit are',
      route.get('type'),
    )
    const script = `mockoon-crud/${serviceName(value.id)}-${serviceName(key)}.js`
    const crud = {
      bucket: value,
      key,
      headers: { ...Object.fromEntries(this.#answers.headers(this.#root.get('headers'))), ...headers },
      script: `./${script}`,
    }
    this.#answers.bodies.set(script, Buffer.from(crudScript({ ...crud, pattern: '' })))
    return patterns.flatMap((pattern) => crudMocks({ ...crud, pattern }))
  }
}

/** A script that draws lots, where all answers are fixed and differ in nothing else. */
const atRandom = (answers: readonly Answer[]): Answer | undefined => {
  const [first] = answers
  if (first === undefined || answers.length < 2) return undefined
  const rest = ({ response: _, ...others }: Answer): string => JSON.stringify(others)
  const fixed = answers.every(
    (answer) =>
      rest(answer) === rest(first) &&
      !JSON.stringify(answer).includes('${{') &&
      !JSON.stringify(answer).includes('bodyFile'),
  )
  if (!fixed) return undefined
  const { response: _, ...others } = first
  const list = answers.map(({ response }) => quoted(response)).join(',\n  ')
  return {
    ...others,
    script: `const answers = [\n  ${list},\n]\nexport default (request, { random }) => answers[Math.floor(random() * answers.length)]\n`,
  }
}
