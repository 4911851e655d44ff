/** What a description offers: its operations with their parameters, bodies and answers, references followed. */
import { isFields } from '../../../core/fields.ts'
import type { SourceLocation } from '../../../core/source.ts'
import { type SpecVersion, versionOf } from './dialect.ts'
import { child, children, items, placeOf, type SpecFile, type SpecFiles, type SpecNode } from './document.ts'
import { Schemas } from './schemas.ts'

export interface Description {
  readonly file: SpecFile
  readonly files: SpecFiles
  readonly version: SpecVersion
  readonly schemas: Schemas
  readonly operations: readonly Operation[]
  /** Paths of its servers, without a slash at the end; '' among them. */
  readonly basePaths: readonly string[]
  /** Query parameters and headers (lower case) that carry credentials. */
  readonly credentials: { readonly query: ReadonlySet<string>; readonly header: ReadonlySet<string> }
}

export interface Operation {
  /** Upper case. */
  readonly method: string
  /** As the description writes it. */
  readonly path: string
  readonly id: string | undefined
  /** `GET /orders/{id}`. */
  readonly name: string
  readonly node: SpecNode
  readonly parameters: readonly Parameter[]
  /** Its query is described as a whole (`in: querystring`), so that any name may be in it. */
  readonly openQuery: boolean
  readonly requestBody: RequestBody | undefined
  readonly responses: readonly Response[]
}

export interface Parameter {
  readonly in: 'query' | 'header' | 'path' | 'cookie'
  /** Headers in lower case. */
  readonly name: string
  readonly required: boolean
  readonly node: SpecNode
  /** undefined: it says nothing of values, or in a way that no text can be held against. */
  readonly schema: SpecNode | undefined
  readonly style: string
  readonly explode: boolean
}

export interface RequestBody {
  readonly required: boolean
  readonly node: SpecNode
  readonly content: readonly Media[]
}

export interface Media {
  /** Lower case, without parameters: `application/json`, `text/*`. */
  readonly type: string
  readonly schema: SpecNode | undefined
  readonly node: SpecNode
}

export interface Response {
  /** `200`, `4XX`, `default`. */
  readonly status: string
  readonly node: SpecNode
  readonly headers: readonly ResponseHeader[]
  readonly content: readonly Media[]
}

export interface ResponseHeader {
  /** Lower case. */
  readonly name: string
  readonly required: boolean
  readonly schema: SpecNode | undefined
  readonly node: SpecNode
}

/** OpenAPI 3.2 adds query, and any other method under additionalOperations. */
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query']

/** `at`: where the file is named, for when it cannot be read. undefined: it cannot be used, and `files` has the problems. */
export const openDescription = async (
  path: string,
  files: SpecFiles,
  at?: SourceLocation,
): Promise<Description | undefined> => {
  const file = await files.open(path, at)
  if (file === undefined) return undefined
  const version = versionOf(file, files)
  if (version === undefined) return undefined
  const root: SpecNode = { file, pointer: [], value: file.value }
  return {
    file,
    files,
    version,
    schemas: new Schemas(files, version.schemas),
    operations: operationsOf(root, files),
    basePaths: basePathsOf(root),
    credentials: credentialsOf(root, files),
  }
}

/** Of a description whose root is this. */
export const operationsOf = (root: SpecNode, files: SpecFiles): readonly Operation[] => {
  const paths = child(root, 'paths')
  if (paths !== undefined && !isFields(paths.value))
    files.report(paths, [], 'paths is an object', 'write paths: { /orders: { get: … } }')
  return children(paths).flatMap(([path, written]) => {
    if (!path.startsWith('/')) {
      if (!path.startsWith('x-'))
        files.report(
          written,
          [],
          `${path} is no path: it does not begin with a slash`,
          `write /${path}`,
          'warning',
        )
      return []
    }
    const item = files.resolve(written)
    if (item === undefined || !isFields(item.value)) return []
    const shared = items(child(item, 'parameters'))
    const named = methods.flatMap((method) => {
      const node = child(item, method)
      return node === undefined ? [] : [[method.toUpperCase(), node] as const]
    })
    return [...named, ...children(child(item, 'additionalOperations'))].flatMap(([method, node]) =>
      isFields(node.value) ? [operationOf(method, path, node, shared, files)] : [],
    )
  })
}

const operationOf = (
  method: string,
  path: string,
  node: SpecNode,
  shared: readonly SpecNode[],
  files: SpecFiles,
): Operation => {
  const parameters = new Map<string, Parameter>()
  for (const written of [...shared, ...items(child(node, 'parameters'))]) {
    const parameter = parameterOf(written, files)
    if (parameter !== undefined) parameters.set(`${parameter.in} ${parameter.name}`, parameter)
  }
  const body = child(node, 'requestBody')
  const { operationId } = node.value as Readonly<Record<string, unknown>>
  return {
    method,
    path,
    id: typeof operationId === 'string' ? operationId : undefined,
    name: `${method} ${path}`,
    node,
    parameters: [...parameters.values()],
    openQuery: [...shared, ...items(child(node, 'parameters'))].some((one) => {
      const target = files.resolve(one)
      return target !== undefined && child(target, 'in')?.value === 'querystring'
    }),
    requestBody: body === undefined ? undefined : requestBodyOf(body, files),
    responses: children(child(node, 'responses')).flatMap(([status, written]) => {
      if (status.startsWith('x-')) return []
      const response = files.resolve(written)
      if (response === undefined || !isFields(response.value)) return []
      const headers = children(child(response, 'headers')).flatMap(([name, header]) =>
        headerOf(name, header, files),
      )
      return [{ status, node: response, headers, content: contentOf(response, files) }]
    }),
  }
}

const places = new Set(['query', 'header', 'path', 'cookie'])

const parameterOf = (written: SpecNode, files: SpecFiles): Parameter | undefined => {
  const node = files.resolve(written)
  if (node === undefined || !isFields(node.value)) return undefined
  const { in: place, name, required, style, explode } = node.value
  if (typeof name !== 'string' || typeof place !== 'string') {
    files.report(
      node,
      [],
      'a parameter has a name and says where it is',
      'write name: … and in: query',
      'warning',
    )
    return undefined
  }
  // `querystring` of 3.2 is the whole query as a document.
  if (!places.has(place)) return undefined
  const schema = child(node, 'schema')
  const shape =
    typeof style === 'string' ? style : place === 'query' || place === 'cookie' ? 'form' : 'simple'
  return {
    in: place as Parameter['in'],
    name: place === 'header' ? name.toLowerCase() : name,
    required: required === true || place === 'path',
    node,
    schema: schema === undefined ? undefined : schema,
    style: shape,
    explode: typeof explode === 'boolean' ? explode : shape === 'form',
  }
}

const requestBodyOf = (written: SpecNode, files: SpecFiles): RequestBody | undefined => {
  const node = files.resolve(written)
  if (node === undefined || !isFields(node.value)) return undefined
  return { required: node.value['required'] === true, node, content: contentOf(node, files) }
}

const contentOf = (node: SpecNode, files: SpecFiles): readonly Media[] =>
  children(child(node, 'content')).flatMap(([type, written]) => {
    // Media types may be references since 3.2.
    const media = files.resolve(written)
    if (media === undefined) return []
    return [{ type: type.split(';')[0]!.trim().toLowerCase(), schema: child(media, 'schema'), node: media }]
  })

const headerOf = (name: string, written: SpecNode, files: SpecFiles): readonly ResponseHeader[] => {
  const node = files.resolve(written)
  // OpenAPI says of Content-Type that it is ignored here.
  if (node === undefined || !isFields(node.value) || name.toLowerCase() === 'content-type') return []
  return [
    {
      name: name.toLowerCase(),
      required: node.value['required'] === true,
      schema: child(node, 'schema'),
      node,
    },
  ]
}

const basePathsOf = (root: SpecNode): readonly string[] => {
  const urls = items(child(root, 'servers')).flatMap((server) => {
    const url = child(server, 'url')?.value
    if (typeof url !== 'string') return []
    return [
      url.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => {
        const value = child(server, 'variables', name, 'default')?.value
        return typeof value === 'string' ? value : `{${name}}`
      }),
    ]
  })
  const paths = urls.map((url) =>
    url
      .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, ''),
  )
  return [...new Set([...paths.filter((path) => path.startsWith('/')), ''])]
}

const credentialsOf = (root: SpecNode, files: SpecFiles): Description['credentials'] => {
  const query = new Set<string>()
  const header = new Set<string>()
  for (const [, written] of children(child(root, 'components', 'securitySchemes'))) {
    const scheme = files.resolve(written)
    if (!isFields(scheme?.value) || typeof scheme.value['name'] !== 'string') continue
    if (scheme.value['in'] === 'query') query.add(scheme.value['name'])
    if (scheme.value['in'] === 'header') header.add(scheme.value['name'].toLowerCase())
  }
  return { query, header }
}

/** Of the answers, the one for a status: itself, its range, `default`. */
export const responseFor = ({ responses }: Operation, status: number): Response | undefined => {
  const range = `${Math.floor(status / 100)}xx`
  return (
    responses.find((one) => one.status === String(status)) ??
    responses.find((one) => one.status.toLowerCase() === range) ??
    responses.find((one) => one.status === 'default')
  )
}

/** Of several media types, the one for a content type: itself, then `type/*`, then any. */
export const mediaFor = (content: readonly Media[], contentType: string): Media | undefined => {
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  return (
    content.find((one) => one.type === type) ??
    content.find((one) => one.type === `${type.split('/')[0]}/*`) ??
    content.find((one) => one.type === '*/*')
  )
}

export const isJsonType = (type: string): boolean => /^[^/;]+\/(?:[^;]*\+)?json\s*(?:;|$)/i.test(type)

export const operationPlace = (operation: Operation): SourceLocation => placeOf(operation.node)
