/** `svc-mock import mountebank <file>`: imposters, as `mb save` writes them. */

import type { MockFormat } from '../format.ts'
import type { MadeMock } from '../generated-file.ts'
import { requestsOf } from '../source/formula.ts'
import { unscoped } from '../source/inputs.ts'
import type { JsonNode } from '../source/json-node.ts'
import { readJsonSource, refuseSource } from '../source/json-source.ts'
import { named, serviceName } from '../source/names.ts'
import { inOrder } from '../source/order.ts'
import { openSound, type Sound } from '../source/sound.ts'
import { type Thing, Things } from '../source/things.ts'
import { mocksInTurn } from '../source/turns.ts'
import { formulaOf } from './predicates.ts'
import { answersOf } from './responses.ts'

export const mountebankFormat: MockFormat = {
  kind: 'mocks',
  name: 'mountebank',
  summary: "mountebank's imposters, as mb save writes them",
  thing: 'part',
  read: async (source, context) => {
    const { path, part } = unscoped(source)
    const file = readJsonSource(
      path,
      { cwd: context.cwd, root: context.config.root },
      'an imposter of mountebank',
    )
    const imposter = chosen(file.root, part, context.service, path)
    const things = new Things()
    const sound = await openSound()
    try {
      const mocks = stubsOf(imposter, things, sound)
      const cors = imposter.get('allowCORS').boolean() === true
      settingsOf(imposter, things)
      things.rest(imposter, 'imposter')
      const name = imposter.get('name').text()
      const port = imposter.get('port').number()
      return {
        service: context.service ?? serviceName(name ?? `imposter-${port ?? 'mountebank'}`),
        version: context.version,
        source: part === undefined ? file.source : `${file.source}#${part}`,
        files: new Map(
          mocks.length === 0
            ? []
            : [['mountebank.yaml', { ...(cors ? {} : { head: { conveniences: false } }), mocks }]],
        ),
        entries: things.entries,
        problems: [],
      }
    } finally {
      sound.close()
    }
  },
}

/** The imposter that `#` or `--service` names, or the only one that speaks HTTP. */
const chosen = (
  root: JsonNode,
  part: string | undefined,
  service: string | undefined,
  path: string,
): JsonNode => {
  const all = impostersOf(root)
  if (all === undefined)
    throw refuseSource(
      root,
      `${path} has no imposters, so mountebank did not write it`,
      'save them: mb save --savefile imposters.json',
    )
  const http = all.filter((one) => /^https?$/.test(protocolOf(one)))
  const called = (one: JsonNode, name: string): boolean =>
    one.get('name').text() === name || String(one.get('port').number()) === name
  if (part !== undefined) {
    const found = all.find((one) => called(one, part))
    if (found === undefined)
      throw refuseSource(root, `${path} has no imposter ${part}`, `it has ${listed(all)}`)
    if (!http.includes(found))
      throw refuseSource(
        found,
        `the imposter ${part} speaks ${protocolOf(found)}`,
        'mocks are made of http and https imposters',
      )
    return found
  }
  const [only, another] = http
  if (only === undefined) {
    const kinds = [...new Set(all.map(protocolOf))].join(', ')
    throw refuseSource(
      all[0] ?? root,
      all.length === 0 ? `${path} has no imposter` : `${path} has imposters of ${kinds} only`,
      'mocks are made of http and https imposters',
    )
  }
  if (another === undefined) return only
  const meant = service === undefined ? undefined : http.find((one) => called(one, service))
  if (meant !== undefined) return meant
  throw refuseSource(
    root,
    `${path} has ${http.length} imposters, and each is a service of its own: ${listed(http)}`,
    `import one after the other: svc-mock import mountebank '${path}#${only.get('port').number() ?? only.get('name').text() ?? ''}' --service <name>`,
  )
}

const impostersOf = (root: JsonNode): readonly JsonNode[] | undefined => {
  if (root.isList) return root.items()
  const list = root.get('imposters')
  if (list.isList) return list.items()
  return root.get('protocol').isText && !root.get('stubs').missing ? [root] : undefined
}

const protocolOf = (imposter: JsonNode): string => imposter.get('protocol').text() ?? 'nothing'

const listed = (imposters: readonly JsonNode[]): string =>
  imposters
    .map((one) =>
      [one.get('name').text(), one.get('port').number()].filter((part) => part !== undefined).join(' '),
    )
    .join(', ')

const stubsOf = (imposter: JsonNode, things: Things, sound: Sound): readonly MadeMock[] => {
  const defaults = imposter.get('defaultResponse')
  const mocks = imposter
    .get('stubs')
    .items()
    .flatMap(
      (stub, i) =>
        things.take(`stub ${i + 1}`, stub, (thing) => mocksOf(stub, { i, defaults, thing, sound })) ?? [],
    )
  return inOrder(named(mocks))
}

interface Making {
  readonly i: number
  readonly defaults: JsonNode
  readonly thing: Thing
  readonly sound: Sound
}

const mocksOf = (stub: JsonNode, { i, defaults, thing, sound }: Making): readonly MadeMock[] => {
  stub.skip('_links', 'matches', '_uuid')
  const requests = requestsOf(formulaOf(stub.get('predicates'), thing))
  const answers = answersOf(stub, defaults, thing)
  const mocks = mocksInTurn(requests, answers, {
    scenario: `mountebank stub ${i + 1}`,
    name: (request) => nameOf(request, i),
  })
  for (const mock of mocks) sound(mock)
  return mocks
}

const nameOf = (request: Readonly<Record<string, unknown>>, i: number): string => {
  const words = [request['method'], request['path']].filter((word) => word !== undefined)
  return `${words.join(' ') || 'any call'}, stub ${i + 1}`
}

const settingsOf = (imposter: JsonNode, things: Things): void => {
  imposter.skip(
    'protocol',
    'port',
    'name',
    'requests',
    'numberOfRequests',
    '_links',
    'recordRequests',
    'recordMatches',
  )
  const stubs = imposter.get('stubs')
  things.setting(
    'imposter',
    imposter.get('protocol'),
    'changed',
    'paths, names of parameters and fields of JSON are compared with case, and a value is not looked for inside a list of JSON',
  )
  const defaults = imposter.get('defaultResponse')
  things.setting(
    'imposter',
    defaults.missing ? stubs : defaults,
    'changed',
    defaults.missing
      ? 'a call that no stub fits is a miss; mountebank answers 200 without a body'
      : 'a call that no stub fits is a miss; mountebank answers with defaultResponse',
  )
  const cors = imposter.get('allowCORS')
  if (cors.boolean() === true)
    things.setting(
      'imposter',
      cors,
      'changed',
      'allowCORS: preflights are answered by svc-mock, as cors in svc-mock.yaml says',
    )
  for (const key of [
    'key',
    'cert',
    'mutualAuth',
    'host',
    'ciphers',
    'endOfRequestResolver',
    'schema',
    'middleware',
  ] as const) {
    const node = imposter.get(key)
    if (!node.missing && node.value !== false)
      things.setting(
        'imposter',
        node,
        'not possible',
        `${key} is no part of mocks: svc-mock.yaml says where a service listens`,
      )
  }
}
