/**
 * A Pact Broker for tests: the resources of its HAL API that contracts need, on a real socket, with links that a client has to follow.
 * It keeps what is published in memory, by the documented forms of requests and answers.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createNetServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

type Fields = Readonly<Record<string, unknown>>

interface Version {
  branch?: string
  readonly tags: string[]
  readonly environments: string[]
}

interface StoredPact {
  readonly consumer: string
  readonly version: string
  readonly provider: string
  readonly content: Fields
  readonly results: Fields[]
}

export interface TestBroker {
  readonly url: string
  /** `POST /contracts/publish`, in order. */
  readonly asked: { readonly method: string; readonly path: string; readonly body: unknown }[]
  readonly pacts: StoredPact[]
  /** By `name version`. */
  readonly versions: Map<string, Version>
  /** Answers in place of the usual ones, by `METHOD /path`. */
  readonly own: Map<string, readonly [status: number, body: unknown]>
  /** As publishing does. */
  add(pact: Fields, version: string, branch?: string): StoredPact
}

export interface BrokerRules {
  /** Of the authorization header; undefined: everybody may. */
  readonly authorization?: string
  readonly mainBranch?: string
}

export const pactBroker = async ({
  authorization,
  mainBranch = 'main',
}: BrokerRules = {}): Promise<TestBroker> => {
  const asked: { method: string; path: string; body: unknown }[] = []
  const pacts: StoredPact[] = []
  const versions = new Map<string, Version>()
  const own = new Map<string, readonly [number, unknown]>()
  const versionOf = (name: string, version: string): Version => {
    const key = `${name} ${version}`
    const known = versions.get(key) ?? { tags: [], environments: [] }
    versions.set(key, known)
    return known
  }
  const add = (content: Fields, version: string, branch?: string): StoredPact => {
    const nameIn = (party: string): string => (content[party] as { readonly name: string }).name
    const stored = {
      consumer: nameIn('consumer'),
      provider: nameIn('provider'),
      version,
      content,
      results: [],
    }
    const of = versionOf(stored.consumer, version)
    if (branch !== undefined) of.branch = branch
    pacts.push(stored)
    return stored
  }

  const chosen = (provider: string, selectors: readonly Fields[], branch: unknown): readonly StoredPact[] => {
    const latest = (list: readonly StoredPact[]): readonly StoredPact[] => [
      ...new Map(list.map((pact) => [pact.consumer, pact])).values(),
    ]
    const all = pacts.filter((pact) => pact.provider === provider)
    const on = (name: unknown) =>
      latest(all.filter((pact) => versionOf(pact.consumer, pact.version).branch === name))
    if (selectors.length === 0) return latest(all)
    return [
      ...new Set(
        selectors.flatMap((one) => {
          if (one['mainBranch'] === true) return on(mainBranch)
          if (one['matchingBranch'] === true) return on(branch)
          if (one['deployedOrReleased'] === true)
            return all.filter((pact) => versionOf(pact.consumer, pact.version).environments.length > 0)
          return on(one['branch'])
        }),
      ),
    ]
  }

  const pactUrl = (pact: StoredPact): string =>
    `${base}/pacts/provider/${encodeURIComponent(pact.provider)}/consumer/${encodeURIComponent(pact.consumer)}/pact-version/${pacts.indexOf(pact)}`

  const forVerification = (provider: string, wanted: Fields): readonly [number, unknown] => {
    if (!pacts.some((pact) => pact.provider === provider))
      return [404, { error: 'No provider with that name' }]
    const branch = wanted['providerVersionBranch']
    const list = chosen(provider, (wanted['consumerVersionSelectors'] ?? []) as readonly Fields[], branch)
    return [
      200,
      {
        _embedded: {
          pacts: list.map((pact) => {
            const pending =
              wanted['includePendingStatus'] === true && !pact.results.some((one) => one['success'])
            return {
              shortDescription: 'chosen',
              verificationProperties: {
                ...(wanted['includePendingStatus'] === true && { pending }),
                notices: [
                  {
                    when: 'before_verification',
                    text: `The pact at ${pactUrl(pact)} is being verified because it was chosen`,
                  },
                  {
                    when: 'after_verification:success_false_published_true',
                    text: 'This pact is still in pending state',
                  },
                ],
              },
              _links: {
                self: {
                  href: pactUrl(pact),
                  name: `Pact between ${pact.consumer} (${pact.version}) and ${provider}`,
                },
              },
            }
          }),
        },
      },
    ]
  }

  const document = (pact: StoredPact): Fields => ({
    ...pact.content,
    ...Object.fromEntries(
      ['interactions', 'messages'].flatMap((key) =>
        Array.isArray(pact.content[key])
          ? [
              [
                key,
                (pact.content[key] as readonly Fields[]).map((one, i) => ({ _id: `${key}-${i}`, ...one })),
              ],
            ]
          : [],
      ),
    ),
    createdAt: '2026-11-21T10:00:00+00:00',
    _links: {
      self: {
        href: pactUrl(pact),
        name: `Pact between ${pact.consumer} (${pact.version}) and ${pact.provider}`,
      },
      'pb:provider': { href: `${base}/pacticipants/${encodeURIComponent(pact.provider)}` },
      'pb:publish-verification-results': { href: `${pactUrl(pact)}/verification-results` },
    },
  })

  const published = (body: Fields): readonly [number, unknown] => {
    const { pacticipantName, pacticipantVersionNumber, branch, contracts } = body
    if (typeof pacticipantVersionNumber !== 'string')
      return [400, { errors: { pacticipantVersionNumber: ['is missing'] } }]
    const stored = (contracts as readonly Fields[]).map((one) => {
      const content = JSON.parse(Buffer.from(String(one['content']), 'base64').toString('utf8')) as Fields
      return add(content, pacticipantVersionNumber, branch as string | undefined)
    })
    const of = versionOf(String(pacticipantName), pacticipantVersionNumber)
    of.tags.push(...((body['tags'] ?? []) as readonly string[]))
    return [
      200,
      {
        notices: [
          {
            type: 'success',
            text: `Pact successfully published for ${String(pacticipantName)} version ${pacticipantVersionNumber}`,
          },
        ],
        _links: { 'pb:contracts': stored.map((pact) => ({ href: pactUrl(pact) })) },
      },
    ]
  }

  /** By the results of what runs in the environment. */
  const matrix = (query: URLSearchParams): readonly [number, unknown] => {
    const [name, version] = [query.get('q[][pacticipant]'), query.get('q[][version]')]
    const own = pacts.filter((pact) => pact.consumer === name && pact.version === version)
    if (own.length === 0) return [404, { errors: [`Pacticipant ${name} not found`] }]
    const environment = query.get('environment') ?? ''
    const rows = own.map((pact) => {
      const there = [...versions].find(
        ([key, { environments }]) =>
          key.startsWith(`${pact.provider} `) && environments.includes(environment),
      )?.[0]
      const number = there?.slice(pact.provider.length + 1)
      const result = pact.results.findLast((one) => one['providerApplicationVersion'] === number)
      return {
        consumer: { name, version: { number: version } },
        provider: { name: pact.provider, version: number === undefined ? null : { number } },
        verificationResult: result === undefined ? null : { success: result['success'] },
      }
    })
    const count = (wanted: (row: (typeof rows)[number]) => boolean): number => rows.filter(wanted).length
    const [failed, unknown] = [
      count(({ verificationResult: one }) => one?.success === false),
      count(({ verificationResult: one }) => one === null),
    ]
    const reason =
      failed > 0
        ? 'The verification failed'
        : unknown > 0
          ? 'There is no verified pact'
          : 'All required verification results are published and successful'
    return [
      200,
      {
        summary: {
          deployable: failed > 0 ? false : unknown > 0 ? null : true,
          reason,
          success: rows.length - failed - unknown,
          failed,
          unknown,
        },
        notices: [{ type: failed + unknown > 0 ? 'error' : 'success', text: reason }],
        matrix: rows,
      },
    ]
  }

  const answer = (
    method: string,
    path: string,
    query: URLSearchParams,
    body: Fields,
  ): readonly [number, unknown] => {
    const key = `${method} ${path}`
    const replaced = own.get(key)
    if (replaced !== undefined) return replaced
    if (key === 'GET ' || key === 'GET /')
      return [
        200,
        {
          _links: {
            self: { href: base, title: 'Index' },
            'pb:publish-contracts': { href: `${base}/contracts/publish` },
            'pb:provider-pacts-for-verification': {
              href: `${base}/pacts/provider/{provider}/for-verification`,
              templated: true,
            },
            'pb:pacticipant-branch-version': {
              href: `${base}/pacticipants/{pacticipant}/branches/{branch}/versions/{version}`,
              templated: true,
            },
            'pb:pacticipant-version-tag': {
              href: `${base}/pacticipants/{pacticipant}/versions/{version}/tags/{tag}`,
              templated: true,
            },
          },
        },
      ]
    if (key === 'POST /contracts/publish') return published(body)
    if (key === 'GET /matrix') return matrix(query)
    const wanted = /^POST \/pacts\/provider\/([^/]+)\/for-verification$/.exec(key)
    if (wanted !== null) return forVerification(decodeURIComponent(wanted[1]!), body)
    const one =
      /^(GET|POST) \/pacts\/provider\/[^/]+\/consumer\/[^/]+\/pact-version\/(\d+)(\/verification-results)?$/.exec(
        key,
      )
    const pact = one === null ? undefined : pacts[Number(one[2])]
    if (pact !== undefined && one![1] === 'GET') return [200, document(pact)]
    if (pact !== undefined && one![3] !== undefined) {
      pact.results.push(body)
      return [201, {}]
    }
    const branch = /^PUT \/pacticipants\/([^/]+)\/branches\/([^/]+)\/versions\/([^/]+)$/
      .exec(key)
      ?.map(decodeURIComponent)
    if (branch !== undefined) {
      versionOf(branch[1]!, branch[3]!).branch = branch[2]!
      return [201, {}]
    }
    const tag = /^PUT \/pacticipants\/([^/]+)\/versions\/([^/]+)\/tags\/([^/]+)$/
      .exec(key)
      ?.map(decodeURIComponent)
    if (tag !== undefined) {
      versionOf(tag[1]!, tag[2]!).tags.push(tag[3]!)
      return [201, {}]
    }
    const pacticipant = /^GET \/pacticipants\/([^/]+)$/.exec(key)
    if (pacticipant !== null)
      return [
        200,
        {
          _links: {
            'pb:branch-version': {
              href: `${base}/pacticipants/${pacticipant[1]}/branches/{branch}/versions/{version}`,
              templated: true,
            },
          },
        },
      ]
    return [404, { error: 'The requested document was not found on this server.' }]
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url!, 'http://broker')
    const sent = await text(request)
    const body: unknown = sent === '' ? undefined : JSON.parse(sent)
    const [method, path] = [request.method!, url.pathname.replace(/^\/broker/, '')]
    asked.push({ method, path, body })
    const [status, value] =
      authorization !== undefined && request.headers.authorization !== authorization
        ? [401, 'You need to authenticate']
        : answer(method, path, url.searchParams, (body ?? {}) as Fields)
    if (status === 0) request.socket.destroy()
    else if (typeof value === 'string') response.writeHead(status, { 'content-type': 'text/html' }).end(value)
    else
      response
        .writeHead(status, { 'content-type': 'application/hal+json;charset=utf-8' })
        .end(JSON.stringify(value))
  }
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  // Below a path, as behind a reverse proxy.
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/broker`
  return { url: base, asked, pacts, versions, own, add }
}

/** Nothing listens there any more. */
export const freePort = async (): Promise<number> => {
  const server = createNetServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
