/** `svc-mock import mockserver <file>`: expectations, as MockServer keeps and gives them. */
import type { MockFormat } from '../format.ts'
import type { MadeMock } from '../generated-file.ts'
import { type Formula, requestsOf } from '../source/formula.ts'
import type { JsonNode } from '../source/json-node.ts'
import { readJsonSource, refuseSource } from '../source/json-source.ts'
import { cleanName, named } from '../source/names.ts'
import { inOrder } from '../source/order.ts'
import { openSound } from '../source/sound.ts'
import { NotPossible, type Thing, Things } from '../source/things.ts'
import { answerOf } from './answer.ts'
import { bodyFormula, methodFormula, namedFormulas, pathFormula } from './matchers.ts'

export const mockserverFormat: MockFormat = {
  kind: 'mocks',
  name: 'mockserver',
  summary: "MockServer's expectations",
  thing: 'expectation',
  read: async (source, { config, cwd, service, version }) => {
    const file = readJsonSource(source, { cwd, root: config.root }, 'expectations of MockServer')
    const all = expectationsOf(file.root, file.file)
    const things = new Things()
    const sound = await openSound()
    try {
      const made = all.flatMap((expectation, i) => {
        const title = titleOf(expectation, i)
        const mocks = things.take(title, expectation, (thing) => {
          const own = mocksOf(expectation, title, thing)
          for (const mock of own) sound(mock)
          return own
        })
        const priority = expectation.get('priority').number() ?? 0
        return (mocks ?? []).map((mock) => ({ mock, priority, i }))
      })
      // The highest priority first, and of equals the oldest.
      made.sort((a, b) => b.priority - a.priority || a.i - b.i)
      const mocks = inOrder(named(made.map(({ mock }) => mock)))
      return {
        service: service ?? onlyHttp(config.services) ?? 'mockserver',
        version,
        source: file.source,
        files: new Map(
          mocks.length === 0 ? [] : [['mockserver.yaml', { head: { conveniences: false }, mocks }]],
        ),
        entries: things.entries,
        problems: [],
      }
    } finally {
      sound.close()
    }
  },
}

const onlyHttp = (
  services: readonly { readonly name: string; readonly protocol: string }[],
): string | undefined => {
  const http = services.filter(({ protocol }) => protocol === 'http')
  return http.length === 1 ? http[0]!.name : undefined
}

const expectationsOf = (root: JsonNode, file: string): readonly JsonNode[] => {
  const all = root.isList
    ? root.items()
    : root.get('expectations').isList
      ? root.get('expectations').items()
      : [root]
  const known = [
    'httpRequest',
    'httpResponse',
    'httpForward',
    'httpError',
    'httpResponseTemplate',
    'specUrlOrPayload',
  ]
  const wrong = all.find((one) => !known.some((key) => !one.get(key).missing))
  if (wrong === undefined && all.length > 0) return all
  throw refuseSource(
    wrong ?? root,
    all.length === 0
      ? `${file} has no expectation`
      : `${file} has no httpRequest here, so it is no expectation of MockServer`,
    'fetch them: PUT /mockserver/retrieve?type=ACTIVE_EXPECTATIONS&format=JSON',
  )
}

const titleOf = (expectation: JsonNode, i: number): string => {
  const request = expectation.get('httpRequest')
  const shown = (key: string): string | undefined =>
    request.get(key).isMap ? request.get(key).get('value').scalar() : request.get(key).scalar()
  const words = [shown('method'), shown('path')].filter((part) => part !== undefined && part !== '')
  const id = expectation.get('id').text()
  const own = id === undefined || /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id) ? `expectation ${i + 1}` : id
  return cleanName([words.join(' ') || 'any call', own].join(', '))
}

const mocksOf = (expectation: JsonNode, title: string, thing: Thing): readonly MadeMock[] => {
  expectation.skip('id', 'priority', 'timestamp')
  const spec = expectation.get('specUrlOrPayload')
  if (!spec.missing) throw new NotPossible('it is made of a contract: svc-mock import openapi', spec)
  const request = expectation.get('httpRequest')
  const { formula, pattern } = requestOf(request, thing)
  const requests = requestsOf(formula)
  if (
    requests.length > 1 &&
    !expectation.get('times').missing &&
    expectation.get('times').get('unlimited').boolean() !== true
  )
    thing.note(
      'its ways of matching are mocks of their own, and each counts for itself',
      expectation.get('times'),
    )
  const rest = { ...timesOf(expectation, thing), ...answerOf(expectation, thing) }
  return requests.map((one) => {
    const { method, ...others } = one
    return {
      name: title,
      request:
        pattern === undefined ? one : { ...(method !== undefined && { method }), path: pattern, ...others },
      ...rest,
    }
  })
}

const requestOf = (
  request: JsonNode,
  thing: Thing,
): { readonly formula: Formula; readonly pattern: string | undefined } => {
  for (const key of ['specUrlOrPayload', 'operationId', 'dnsName'])
    if (!request.get(key).missing)
      throw new NotPossible(`${key}: it asks by a contract or another protocol`, request.get(key))
  if (request.get('not').boolean() === true)
    throw new NotPossible('a request that must not match as a whole', request.get('not'))
  for (const key of [
    'secure',
    'keepAlive',
    'protocol',
    'socketAddress',
    'localAddress',
    'remoteAddress',
    'clientCertificateChain',
  ]) {
    const node = request.get(key)
    if (!node.missing) thing.note(`${key} is not compared: it belongs to the connection`, node)
    node.skip()
  }
  const { formula, pattern } = request.get('path').missing
    ? { formula: { all: [] } as Formula, pattern: undefined }
    : { pattern: undefined, ...pathFormula(request.get('path'), request.get('pathParameters')) }
  const all: Formula[] = [
    ...(request.get('method').missing ? [] : [methodFormula(request.get('method'))]),
    formula,
    ...namedFormulas('query', request.get('queryStringParameters')),
    ...namedFormulas('headers', request.get('headers')),
    ...namedFormulas('cookies', request.get('cookies')),
    ...(request.get('body').missing ? [] : [bodyFormula(request.get('body'), thing)]),
  ]
  return { formula: { all }, pattern }
}

const timesOf = (expectation: JsonNode, thing: Thing): Record<string, unknown> => {
  const life = expectation.get('timeToLive')
  if (!life.missing && life.get('unlimited').boolean() !== true)
    thing.note('timeToLive is left out: a mock stays until its file goes', life)
  life.skip()
  const times = expectation.get('times')
  const left = times.get('remainingTimes').number()
  if (times.missing || times.get('unlimited').boolean() === true || left === undefined) {
    times.skip()
    return {}
  }
  if (left < 1) throw new NotPossible('it is used up', times)
  return { times: left }
}
