/** `svc-mock import postman <file>`: the saved examples of a collection, schemas 2.0 and 2.1. */
import type { MockFormat } from '../format.ts'
import type { MadeMock } from '../generated-file.ts'
import type { JsonNode } from '../source/json-node.ts'
import { readJsonSource, refuseSource } from '../source/json-source.ts'
import { cleanName, named, serviceName } from '../source/names.ts'
import { openSound, type Sound } from '../source/sound.ts'
import { NotPossible, Things } from '../source/things.ts'
import { type Example, readExample } from './example.ts'
import type { Variables } from './url.ts'

export const postmanFormat: MockFormat = {
  kind: 'mocks',
  name: 'postman',
  summary: "saved examples of Postman's collections",
  thing: 'example',
  read: async (source, { config, cwd, service, version }) => {
    const file = readJsonSource(source, { cwd, root: config.root }, 'a Postman collection')
    const root = collectionOf(file.root, file.file)
    const variables = variablesOf(root.get('variable'))
    const things = new Things()
    const sound = await openSound()
    try {
      const examples = examplesOf(root.get('item'), things).flatMap(({ example, item, title }) => {
        const made = things.take(title, example, (thing) =>
          readExample(example, item, { variables, thing, title }),
        )
        return made === undefined ? [] : [made]
      })
      const hosts = examples.flatMap(({ url }) => url.host ?? [])
      const byHost = config.services.find(({ hosts: known }) =>
        known.some((one) => hosts.some((host) => one.split('/')[0] === host.replace(/:\d+$/, ''))),
      )
      const name = service ?? byHost?.name ?? serviceName(root.get('info').get('name').text() ?? 'postman')
      const base = basesOf(config.services.find((one) => one.name === name)?.hosts ?? [])
      const mocks = named(mocksOf(examples, base, { things, sound }))
      root.skip('info', 'variable', 'auth', 'protocolProfileBehavior')
      const events = root.get('event')
      if (events.items().length > 0)
        things.setting('collection', events, 'not possible', 'scripts of a collection run in Postman only')
      things.rest(root, 'collection')
      return {
        service: name,
        version,
        source: file.source,
        files: new Map(mocks.length === 0 ? [] : [['postman.yaml', { mocks }]]),
        entries: things.entries,
        problems: [],
      }
    } finally {
      sound.close()
    }
  },
}

const collectionOf = (root: JsonNode, file: string): JsonNode => {
  const wrapped = root.get('collection')
  const collection = wrapped.isMap ? wrapped : root
  const schema = collection.get('info').get('schema').text() ?? ''
  if (collection.get('requests').isList && collection.get('item').missing)
    throw refuseSource(root, `${file} is a collection of version 1`, 'export it as Collection v2.1')
  if (root.get('values').isList && collection.get('item').missing)
    throw refuseSource(
      root,
      `${file} is an environment of Postman and no collection`,
      'export the collection: Collection v2.1',
    )
  if (!collection.get('item').isList)
    throw refuseSource(
      root,
      `${file} has no item, so it is no Postman collection`,
      'export the collection: Collection v2.1',
    )
  if (schema !== '' && !/\/v2\.[01]\.\d+\//.test(schema))
    throw refuseSource(
      collection.get('info').get('schema'),
      `${file} has the schema ${schema}`,
      'export it as Collection v2.1',
    )
  return collection
}

const variablesOf = (node: JsonNode): Variables =>
  new Map(
    node
      .items()
      .filter((one) => one.get('disabled').boolean() !== true)
      .map(
        (one) =>
          [one.get('key').text() ?? one.get('id').text() ?? '', one.get('value').scalar() ?? ''] as const,
      )
      .filter(([name, value]) => name !== '' && value !== ''),
  )

interface Found {
  readonly example: JsonNode
  readonly item: JsonNode
  readonly title: string
}

/** Folders within folders. A request without examples is told. */
const examplesOf = (items: JsonNode, things: Things, deep = 0): readonly Found[] =>
  items.items().flatMap((item): readonly Found[] => {
    item.skip(
      'id',
      'uid',
      '_postman_id',
      'description',
      'protocolProfileBehavior',
      '_postman_isSubFolder',
      'auth',
      'variable',
    )
    const title = item.get('name').text() ?? 'request'
    const events = item.get('event')
    if (events.items().length > 0)
      things.setting(title, events, 'not possible', 'scripts of requests run in Postman only')
    if (item.get('item').isList) return deep > 100 ? [] : examplesOf(item.get('item'), things, deep + 1)
    const examples = item.get('response').items()
    if (examples.length === 0) {
      things.take(title, item, () => {
        throw new NotPossible('it has no saved example, so nothing is known of its answer')
      })
      return []
    }
    return examples.map((example) => ({
      example,
      item,
      title: [title, example.get('name').text()]
        .filter((part) => part !== undefined && part !== title)
        .join(': '),
    }))
  })

/** Base paths that a service's hosts name: paths of mocks begin behind them. */
const basesOf = (hosts: readonly string[]): readonly string[] =>
  hosts.flatMap((host) => {
    const slash = host.replace(/\/+$/, '').indexOf('/')
    return slash < 0 ? [] : [host.replace(/\/+$/, '').slice(slash)]
  })

/**
 * Of examples that a call cannot tell apart, Postman takes the first good one, or the one that `x-mock-response-name` or
 * `x-mock-response-code` names.
 */
const mocksOf = (
  examples: readonly Example[],
  bases: readonly string[],
  { things, sound }: { readonly things: Things; readonly sound: Sound },
): readonly MadeMock[] => {
  const groups = new Map<string, Example[]>()
  for (const example of examples) {
    const { method, url } = example
    const key = JSON.stringify([method, url.path.replaceAll(/\{[^}]*\}/g, '{}'), [...url.query].sort()])
    groups.set(key, [...(groups.get(key) ?? []), example])
  }
  const unknown = ([one]: readonly Example[]): number =>
    (one?.url.query ?? []).filter(([, value]) => value === undefined).length
  // Of mocks with as many conditions the later one wins: those that know their values come last.
  return [...groups.values()]
    .sort((a, b) => unknown(b) - unknown(a))
    .flatMap((group) => {
      const preferred = group.find(({ code }) => code >= 200 && code < 300) ?? group[0]
      return group.flatMap((example): readonly MadeMock[] => {
        const asked = example === preferred ? undefined : askedBy(example, group)
        const mock = {
          name: cleanName(example.title),
          request: requestOf(example, bases, asked),
          response: example.response,
        }
        return things.also(example.node, () => {
          sound(mock)
          return {
            made: [mock],
            note:
              asked === undefined
                ? undefined
                : `answers calls with ${asked[0]}: ${asked[1]}, as another example has the same request`,
          }
        })
      })
    })
}

const askedBy = (example: Example, group: readonly Example[]): readonly [name: string, value: string] =>
  group.filter(({ code }) => code === example.code).length === 1
    ? ['x-mock-response-code', String(example.code)]
    : ['x-mock-response-name', example.name]

const requestOf = (
  { method, url }: Example,
  bases: readonly string[],
  asked: readonly [string, string] | undefined,
): Record<string, unknown> => {
  const base = bases.find((one) => url.path === one || url.path.startsWith(`${one}/`))
  const query = Object.fromEntries(url.query.map(([name, value]) => [name, value ?? { $absent: false }]))
  return {
    method,
    path: base === undefined ? url.path : url.path.slice(base.length) || '/',
    ...(url.query.length > 0 && { query }),
    ...(asked !== undefined && { headers: { [asked[0]]: asked[1] } }),
  }
}
