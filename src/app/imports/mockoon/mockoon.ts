/** `svc-mock import mockoon <file>`: an environment, as Mockoon keeps it. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import { isInside } from '../../../mock/load/inside.ts'
import type { ImportContext, MockFormat } from '../format.ts'
import type { MadeMock } from '../generated-file.ts'
import { isTemplate, type TemplateWords, templateText } from '../handlebars/to-expressions.ts'
import { type Formula, quoted, requestsOf } from '../source/formula.ts'
import type { JsonNode } from '../source/json-node.ts'
import { type JsonSource, readJsonSource, refuseSource } from '../source/json-source.ts'
import { cleanName, named, serviceName } from '../source/names.ts'
import { inOrder } from '../source/order.ts'
import { duration, escapeTemplates, type ReplyBody, responseOf } from '../source/reply.ts'
import { openSound, type Sound } from '../source/sound.ts'
import { NotPossible, type Thing, Things } from '../source/things.ts'
import { type Answer, mocksInTurn } from '../source/turns.ts'
import { crudMocks, crudScript } from './crud.ts'
import { type Buckets, mockoonWords } from './helpers.ts'
import { patternsOf } from './path.ts'
import { ruleFormula } from './rules.ts'

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

/** The schema that this reads is the one since version 1.20 (2022); older ones are brought up by Mockoon itself. */
const oldestMigration = 24
const newestMigration = 33

const environmentOf = ({ root, file }: JsonSource): JsonNode => {
  const old = root.get('data')
  const wrapped = old.items().filter((one) => one.get('type').text() === 'environment')
  const environment = root.get('routes').isList
    ? root
    : wrapped.length === 1
      ? wrapped[0]!.get('item')
      : undefined
  if (wrapped.length > 1)
    throw refuseSource(
      old,
      `${file} holds ${wrapped.length} environments`,
      'export one: each is a service of its own',
    )
  if (environment === undefined || !environment.get('routes').isList)
    throw refuseSource(
      root,
      `${file} has no routes, so it is no environment of Mockoon`,
      "take the environment's own file, or export it as JSON",
    )
  const migration = environment.get('lastMigration').number()
  if (migration !== undefined && migration < oldestMigration)
    throw refuseSource(
      environment.get('lastMigration'),
      `${file} was written by an old Mockoon (migration ${migration})`,
      'open it in a current Mockoon, which brings it up to date, and import it then',
    )
  return environment
}

class Environment {
  readonly #root: JsonNode
  readonly #file: JsonSource
  readonly #sound: Sound
  readonly #things = new Things()
  readonly #bodies = new Map<string, Uint8Array>()
  readonly #prefix: string
  readonly #latency: number
  readonly #words: TemplateWords
  readonly #bucket: Buckets

  constructor(root: JsonNode, file: JsonSource, sound: Sound) {
    this.#root = root
    this.#file = file
    this.#sound = sound
    this.#prefix = (root.get('endpointPrefix').text() ?? '').replaceAll(/^\/+|\/+$/g, '')
    this.#latency = root.get('latency').number() ?? 0
    this.#bucket = bucketsOf(root.get('data'))
    this.#words = mockoonWords(this.#bucket, this.#prefix)
  }

  read(context: ImportContext): Awaited<ReturnType<MockFormat['read']>> {
    const root = this.#root
    root.skip('uuid', 'name', 'port', 'hostname', 'rootChildren', 'folders')
    const mocks = routesInOrder(root).flatMap((route) => this.#route(route))
    this.#settings(mocks)
    this.#things.rest(root, 'environment')
    const ordered = inOrder(named(mocks))
    return {
      service: context.service ?? serviceName(root.get('name').text() ?? 'mockoon'),
      version: context.version,
      source: this.#file.source,
      files: new Map(ordered.length === 0 ? [] : [['mockoon.yaml', { mocks: ordered }]]),
      bodies: this.#bodies,
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
      const answer = this.#answer(response, thing)
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
      const answers = responses.map((response) => this.#answer(response, thing))
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
    if (mode !== 'FALLBACK') return [...ruled, ...alone(preferred, { all: [] })]
    for (const response of responses)
      if (response.get('rules').items().length === 0) {
        thing.note('an answer without rules is never given in this mode: it is left out', response)
        response.skip()
      }
    return ruled
  }

  #answer(response: JsonNode, thing: Thing): Answer {
    response.skip('label', 'crudKey')
    const callbacks = response.get('callbacks')
    if (callbacks.items().length > 0)
      thing.note('callbacks are not made: a mock answers, and calls nobody', callbacks)
    callbacks.skip()
    const live = response.get('disableTemplating').boolean() !== true
    const status = response.get('statusCode').number() ?? Number(response.get('statusCode').scalar() ?? 200)
    const headers = [...this.#headers(this.#root.get('headers')), ...this.#headers(response.get('headers'))]
    const latency = this.#latency + (response.get('latency').number() ?? 0)
    const made = this.#body(response, { live, headers, thing })
    return {
      ...(latency > 0 && { fault: { delay: duration(latency) } }),
      response: { ...made },
      ...(status !== 200 && { response: { status, ...made } }),
    }
  }

  /** The later of two headers of one name counts, but for cookies. */
  #headers(node: JsonNode): readonly (readonly [string, string])[] {
    return node
      .items()
      .map((header) => [header.get('key').text() ?? '', header.get('value').scalar() ?? ''] as const)
      .filter(([key, value]) => key !== '' && value !== '')
      .map(([key, value]) => [
        key,
        isTemplate(value) ? templateText(value, this.#words) : escapeTemplates(value),
      ])
  }

  #body(
    response: JsonNode,
    {
      live,
      headers,
      thing,
    }: {
      readonly live: boolean
      readonly headers: readonly (readonly [string, string])[]
      readonly thing: Thing
    },
  ): Record<string, unknown> {
    const file = response.get('filePath').text() ?? ''
    const type = response.get('bodyType').text() ?? (file === '' ? 'INLINE' : 'FILE')
    const status = response.get('statusCode').number() ?? 200
    const text = response.get('body').text() ?? ''
    const make = (
      body: ReplyBody | undefined,
      more: readonly (readonly [string, string])[] = [],
    ): Record<string, unknown> => {
      const all = lastOfEach([...more, ...headers])
      // What Mockoon says of a body that nobody gave a type.
      const untyped = body !== undefined && !all.some(([name]) => name.toLowerCase() === 'content-type')
      const { status: _, ...rest } = responseOf(
        {
          status,
          headers: untyped ? [['Content-Type', 'text/html; charset=utf-8'], ...all] : all,
          body,
          liveHeaders: true,
        },
        { thing, node: response },
      )
      return rest
    }
    if (type === 'FILE' && file !== '') {
      response.skip('body', 'fallbackTo404', 'databucketID')
      return this.#fileBody(response, { file, live, make })
    }
    response.skip('sendFileAsBody', 'fallbackTo404', 'filePath')
    if (type === 'DATABUCKET') {
      response.skip('body')
      const id = response.get('databucketID')
      const bucket = this.#bucket(id.text() ?? '')
      if (bucket === undefined) throw new NotPossible('its data bucket is made anew for each call', id)
      const json = typeof bucket.value === 'string' ? bucket.value : JSON.stringify(bucket.value)
      return make({ kind: 'text', text: json })
    }
    response.skip('databucketID')
    if (text === '') return make(undefined)
    return make(
      live && isTemplate(text)
        ? { kind: 'template', text: templateText(text, this.#words) }
        : { kind: 'text', text },
    )
  }

  /** Only files beside the environment: what it names elsewhere on this machine is nobody's to copy. */
  #fileBody(
    response: JsonNode,
    {
      file,
      live,
      make,
    }: {
      readonly file: string
      readonly live: boolean
      make(
        body: ReplyBody | undefined,
        more?: readonly (readonly [string, string])[],
      ): Record<string, unknown>
    },
  ): Record<string, unknown> {
    const node = response.get('filePath')
    if (isTemplate(file)) throw new NotPossible('the name of its file is a template', node)
    const folder = realpathSync(dirname(this.#file.path))
    const path = resolve(folder, file)
    if (!existsSync(path)) throw new NotPossible(`its file ${file} is not there`, node)
    if (!isInside(realpathSync(path), folder))
      throw new NotPossible(`its file ${file} does not lie beside the environment`, node)
    if (!statSync(path).isFile() || statSync(path).size > 10 * 1024 * 1024)
      throw new NotPossible(`${file} is no file of 10 MB at most`, node)
    const bytes = readFileSync(path)
    const attached = response.get('sendFileAsBody').boolean() !== true
    const more = attached
      ? [['Content-Disposition', `attachment; filename="${encodeURIComponent(basename(file))}"`] as const]
      : []
    const text = bytes.toString('utf8')
    if (live && templated.has(extname(file).toLowerCase()) && isTemplate(text)) {
      const type = typesOf[extname(file).toLowerCase()]
      return make({ kind: 'template', text: templateText(text, this.#words) }, [
        ...more,
        ...(type === undefined ? [] : [['Content-Type', type] as const]),
      ])
    }
    const name = `mockoon-files/${basename(file).replaceAll(/[^\w.-]/g, '_')}`
    const known = this.#bodies.get(name)
    if (known !== undefined && !Buffer.from(known).equals(bytes))
      throw new NotPossible(`another file is called ${basename(file)}`, node)
    this.#bodies.set(name, bytes)
    return { ...make(undefined, more), bodyFile: `./${name}` }
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
    const headers = Object.fromEntries(this.#headers(response.get('headers')))
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
      headers: { ...Object.fromEntries(this.#headers(this.#root.get('headers'))), ...headers },
      script: `./${script}`,
    }
    this.#bodies.set(script, Buffer.from(crudScript({ ...crud, pattern: '' })))
    return patterns.flatMap((pattern) => crudMocks({ ...crud, pattern }))
  }

  #settings(mocks: MadeMock[]): void {
    const root = this.#root
    const told = (key: string, outcome: 'changed' | 'not possible', text: string): void =>
      this.#things.setting('environment', root.get(key), outcome, text)
    told('routes', 'changed', 'paths count with case and with a slash at their end; Mockoon takes both ways')
    if (root.get('proxyMode').boolean() === true) {
      told(
        'proxyHost',
        'changed',
        `other calls are asked of the real service that svc-mock.yaml names; Mockoon asked ${root.get('proxyHost').text() ?? ''}`,
      )
      const headers = Object.fromEntries(this.#headers(root.get('proxyResHeaders')))
      mocks.push({
        name: 'everything else is asked of the real service',
        request: {},
        upstream: Object.keys(headers).length === 0 ? {} : { patch: { headers: { set: headers } } },
      })
      if (root.get('proxyReqHeaders').items().length > 0)
        told('proxyReqHeaders', 'not possible', 'headers that are added to what the real service is asked')
      if (root.get('proxyRemovePrefix').boolean() === true)
        told('proxyRemovePrefix', 'not possible', 'the prefix stays in what the real service is asked')
    } else root.skip('proxyHost', 'proxyRemovePrefix', 'proxyReqHeaders', 'proxyResHeaders')
    if (root.get('cors').boolean() === true)
      told('cors', 'changed', 'preflights are answered by svc-mock, as cors in svc-mock.yaml says')
    const tls = root.get('tlsOptions')
    if (tls.get('enabled').boolean() === true)
      told('tlsOptions', 'not possible', 'certificates are svc-mock’s own')
    else tls.skip()
    if (root.get('callbacks').items().length > 0)
      told('callbacks', 'not possible', 'callbacks are not made: a mock answers, and calls nobody')
    root.skip('data', 'headers')
    const migration = root.get('lastMigration').number() ?? 0
    if (migration > newestMigration)
      told(
        'lastMigration',
        'changed',
        `written by a newer Mockoon (migration ${migration}): what it has since is read by what it is called`,
      )
  }
}

const modeOf = (route: JsonNode): string => {
  const mode = route.get('responseMode')
  if (mode.isText) return mode.text() ?? ''
  if (route.get('randomResponse').boolean() === true) return 'RANDOM'
  return route.get('sequentialResponse').boolean() === true ? 'SEQUENTIAL' : ''
}

/** Folders as they are shown, and routes in no folder last. */
const routesInOrder = (root: JsonNode): readonly JsonNode[] => {
  const routes = root.get('routes').items()
  const byId = new Map(routes.map((route) => [route.get('uuid').text() ?? '', route]))
  const folders = new Map(
    root
      .get('folders')
      .items()
      .map((folder) => [folder.get('uuid').text() ?? '', folder]),
  )
  const seen = new Set<JsonNode>()
  const walk = (children: JsonNode): void => {
    for (const child of children.items()) {
      const id = child.get('uuid').text() ?? ''
      const folder = child.get('type').text() === 'folder' ? folders.get(id) : undefined
      const route = folder === undefined ? byId.get(id) : undefined
      if (route !== undefined) seen.add(route)
      if (folder === undefined || seen.has(folder)) continue
      seen.add(folder)
      walk(folder.get('children'))
    }
  }
  walk(root.get('rootChildren'))
  const known = [...seen].filter((one) => byId.get(one.get('uuid').text() ?? '') === one)
  return [...known, ...routes.filter((route) => !seen.has(route))]
}

const bucketsOf = (data: JsonNode): Buckets => {
  const all = data.items().map((one) => ({
    ids: [one.get('id').text(), one.get('uuid').text()],
    name: (one.get('name').text() ?? '').toLowerCase(),
    text: one.get('value').text() ?? '',
  }))
  return (name) => {
    if (name === '') return undefined
    const found =
      all.find(({ ids }) => ids.includes(name)) ?? all.find((one) => one.name.includes(name.toLowerCase()))
    if (found === undefined || isTemplate(found.text)) return undefined
    try {
      return { value: JSON.parse(found.text) as unknown }
    } catch {
      return { value: found.text }
    }
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

const lastOfEach = (
  headers: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] =>
  headers.filter(
    ([name], i) =>
      name.toLowerCase() === 'set-cookie' ||
      !headers.slice(i + 1).some(([later]) => later.toLowerCase() === name.toLowerCase()),
  )

const typesOf: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.html': 'text/html',
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.js': 'application/javascript',
  '.txt': 'text/plain',
  '.xml': 'application/xml',
}

/** Types whose files hold templates, by their extension. */
const templated: ReadonlySet<string> = new Set([...Object.keys(typesOf), '.ts', '.xhtml', '.handlebars'])
