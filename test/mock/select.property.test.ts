/** The index against its oracle, a plain scan of all mocks in order: the same winner for random libraries and calls. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Call } from '../../src/core/call.ts'
import { type CompiledMock, holds } from '../../src/mock/compiled.ts'
import { MockIndex } from '../../src/mock/mock-index.ts'
import { compareMocks } from '../../src/mock/order.ts'
import { matchesPath, splitPath } from '../../src/mock/path-pattern.ts'
import { askedVersion, select } from '../../src/mock/select.ts'
import { sortVersions, versionTest } from '../../src/mock/versions.ts'
import { aCall, compiled } from '../support/library.ts'
import { call, file } from '../support/random-library.ts'

/** What docs/mock-files.md says, written down without any index. */
const scan = async (mocks: readonly CompiledMock[], call: Call): Promise<CompiledMock | undefined> => {
  const segments = splitPath(call.path)
  const body = await call.body.read(call.service.bodyLimit)
  const asked = askedVersion(call)
  const shaped = (method: string): CompiledMock[] =>
    mocks.filter(
      (mock) => matchesPath(mock.pattern, segments) && (mock.method === undefined || mock.method === method),
    )
  const versions = sortVersions([...new Set(mocks.flatMap(({ version }) => version ?? []))])
  const candidates: (string | undefined)[] = versions.filter(
    (version) => asked === undefined || versionTest(asked)(version),
  )
  for (const version of [...candidates, undefined]) {
    const of = (method: string): CompiledMock[] =>
      shaped(method).filter((mock) => mock.version === version || mock.version === undefined)
    const asGet = call.method === 'HEAD' && !of('HEAD').some(({ method }) => method === 'HEAD')
    const inForce = of(asGet ? 'GET' : call.method)
    if (inForce.length === 0) continue
    return inForce.sort(compareMocks).find((mock) => holds(mock, call, segments, body))
  }
  return undefined
}

describe('selection', () => {
  it('finds what a scan finds, for random libraries and calls', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { minLength: 1, maxLength: 5 }),
        fc.array(call, { minLength: 1, maxLength: 10 }),
        async (files, calls) => {
          const mocks = compiled(...files)
          const index = new MockIndex(mocks)
          for (const spec of calls) {
            const asked = aCall(spec)
            const winner = await select(index, asked)
            const expected = await scan(mocks, asked)
            expect(winner?.name, JSON.stringify(spec)).toBe(expected?.name)
            expect(winner?.at).toEqual(expected?.at)
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('finds what a scan finds among hundreds of mocks that differ in fields of one path', async () => {
    const field = fc.constantFrom('p', 'q', 'r', 's')
    const many = fc.array(
      fc.record({
        body: fc.dictionary(
          field,
          fc.oneof(fc.nat(20), fc.nat(20).map(String), fc.constant({ $type: 'number' })),
          { minKeys: 1, maxKeys: 2 },
        ),
      }),
      { minLength: 100, maxLength: 300 },
    )
    const asked = fc.array(
      fc.dictionary(field, fc.oneof(fc.nat(20), fc.nat(20).map(String)), { maxKeys: 3 }),
      { minLength: 20, maxLength: 20 },
    )
    await fc.assert(
      fc.asyncProperty(many, asked, async (requests, bodies) => {
        const mocks = compiled({
          mocks: requests.map((one) => ({ request: { method: 'POST', path: '/x', ...one } })),
        })
        const index = new MockIndex(mocks)
        for (const one of bodies) {
          const spec = aCall({ method: 'POST', target: '/x', body: JSON.stringify(one) })
          expect((await select(index, spec))?.name).toBe((await scan(mocks, spec))?.name)
        }
      }),
      { numRuns: 30 },
    )
  })
})
