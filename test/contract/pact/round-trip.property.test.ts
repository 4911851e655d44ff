/** Pact to mocks to Pact keeps requests, responses and rules; and the mock answers the request that it was made of. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HttpInteraction, readPactFile } from '../../../src/contract/formats/pact/file/pact-file.ts'
import { writePact } from '../../../src/contract/formats/pact/file/write-pact.ts'
import { textOf } from '../../../src/contract/formats/pact/json-value.ts'
import { interactionOf } from '../../../src/contract/formats/pact/mocks/from-mock.ts'
import { mockOf } from '../../../src/contract/formats/pact/mocks/to-mock.ts'
import { validationSchema } from '../../../src/mock/file-schema.ts'
import { MockIndex } from '../../../src/mock/mock-index.ts'
import { select } from '../../../src/mock/select.ts'
import { httpDialect } from '../../../src/protocols/http/dialect.ts'
import { parseDocument } from '../../../src/yaml/document.ts'
import { writeYaml } from '../../../src/yaml/write.ts'
import { aCall, compiled } from '../../support/library.ts'
import { interaction } from './random-pact.ts'
import { matcher } from './tools.ts'

type Fields = Readonly<Record<string, unknown>>

const read = (value: unknown): HttpInteraction => {
  const { interactions, problems } = readPactFile(JSON.parse(JSON.stringify(value)), matcher.ruleTools)
  expect(problems).toEqual([])
  const [only] = interactions
  if (only?.kind !== 'http') throw new Error('no HTTP')
  return only
}

const pact = (one: unknown, spec: 3 | 4): Fields => ({
  consumer: { name: 'web' },
  provider: { name: 'orders' },
  interactions: [one],
  metadata: { pactSpecification: { version: `${spec}.0.0` } },
})

/** What counts of an interaction, in one form. */
const essence = ({ description, states, request, response }: HttpInteraction): unknown => {
  const part = ({
    headers,
    body,
    matchingRules,
  }: HttpInteraction['request'] | HttpInteraction['response']) => ({
    headers: [...headers].map(([name, { values }]) => [name, values.join(', ')]),
    body: body.kind === 'present' ? body.content.json() : body.kind,
    matchingRules,
  })
  return {
    description,
    states,
    method: request.method,
    path: request.path,
    query: [...request.query],
    request: part(request),
    status: response.status,
    response: part(response),
  }
}

/** Through the text of a mock file, as the loader reads it. */
const asMock = (one: HttpInteraction): Fields => {
  const { mock } = mockOf(one, { consumer: 'web', provider: undefined }, matcher.ruleTools)
  const document = parseDocument(writeYaml({ service: 'orders', mocks: [mock] }), 'pact.yaml')
  expect(document.problems).toEqual([])
  const checked = validationSchema(httpDialect).safeParse(document.value)
  expect(checked.error?.issues ?? []).toEqual([])
  return (document.value as { readonly mocks: readonly Fields[] }).mocks[0]!
}

describe.each([3, 4] as const)('version %i', (spec) => {
  it('keeps everything on the way through mocks', () => {
    fc.assert(
      fc.property(interaction(spec), (one) => {
        const before = read(pact(one, spec))
        const mock = asMock(before)
        const exported = interactionOf({
          name: String(mock['name']),
          request: mock['request'] as Fields,
          response: mock['response'] as Fields,
          contract: mock['contract'] as Fields,
        })
        if (typeof exported === 'string') throw new Error(exported)
        const { document, notes } = writePact({ consumer: 'web', provider: 'orders' }, [exported], spec, {
          name: 'svc-mock',
          version: '1.0.0',
        })
        expect(notes).toEqual([])
        expect(essence(read(document))).toEqual(essence(before))
      }),
      { numRuns: 200 },
    )
  })

  it('makes mocks that answer their own example', async () => {
    await fc.assert(
      fc.asyncProperty(interaction(spec), async (one) => {
        const before = read(pact(one, spec))
        const mock = asMock(before)
        const { request } = before
        const search = new URLSearchParams(
          [...request.query].flatMap(([name, values]) => values.map((value) => [name, value])),
        )
        const call = aCall({
          method: request.method,
          target: `${request.path}?${search.toString()}`,
          headers: [...request.headers.values()].flatMap(({ name, values }) => [name, values.join(', ')]),
          ...(request.body.kind === 'present' && {
            body: textOf(JSON.parse(request.body.content.text())) === '' ? '""' : request.body.content.text(),
          }),
        })
        const index = new MockIndex(compiled({ mocks: [mock] }))
        expect(await select(index, call)).toBeDefined()
      }),
      { numRuns: 150 },
    )
  })

  it('matches itself', () => {
    fc.assert(
      fc.property(interaction(spec), (one) => {
        const { request, response } = read(pact(one, spec))
        expect(matcher.request(request, request)).toEqual([])
        expect(matcher.response(response, response)).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})
