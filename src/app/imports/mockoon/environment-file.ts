/** An environment of Mockoon as it lies in its file: which schema, in which order, with which data. */
import { isTemplate } from '../handlebars/to-expressions.ts'
import type { JsonNode } from '../source/json-node.ts'
import { type JsonSource, refuseSource } from '../source/json-source.ts'
import type { Buckets } from './helpers.ts'

/** Since the ninth routes have responses; what has come since is told by what is there. Older ones are brought up by Mockoon itself. */
const oldestMigration = 9
export const newestMigration = 33

export const environmentOf = ({ root, file }: JsonSource): JsonNode => {
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

export const modeOf = (route: JsonNode): string => {
  const mode = route.get('responseMode')
  if (mode.isText) return mode.text() ?? ''
  if (route.get('randomResponse').boolean() === true) return 'RANDOM'
  return route.get('sequentialResponse').boolean() === true ? 'SEQUENTIAL' : ''
}

/** Folders as they are shown, and routes in no folder last. */
export const routesInOrder = (root: JsonNode): readonly JsonNode[] => {
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

export const bucketsOf = (data: JsonNode): Buckets => {
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
