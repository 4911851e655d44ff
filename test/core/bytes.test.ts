/** Texts as bytes, by Buffer and without it. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import * as withBuffer from '../../src/core/bytes.ts'

let without: typeof withBuffer

beforeAll(async () => {
  vi.resetModules()
  vi.stubGlobal('Buffer', undefined)
  without = await import('../../src/core/bytes.ts')
})

afterAll(() => vi.unstubAllGlobals())

const list = (bytes: Uint8Array): number[] => [...bytes]

it('gives the same with and without Buffer', () => {
  expect(without).not.toBe(withBuffer)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 10_000 }), (text, bytes) => {
      expect(list(without.utf8Bytes(text))).toEqual(list(withBuffer.utf8Bytes(text)))
      expect(without.utf8Length(text)).toBe(withBuffer.utf8Length(text))
      const latin1 = withBuffer.latin1Text(bytes)
      expect(without.latin1Text(bytes)).toBe(latin1)
      expect(list(without.latin1Bytes(latin1))).toEqual(list(bytes))
      expect(list(withBuffer.latin1Bytes(latin1))).toEqual(list(bytes))
      const base64 = withBuffer.base64Text(bytes)
      expect(without.base64Text(bytes)).toBe(base64)
      expect(list(without.base64Bytes(base64))).toEqual(list(bytes))
      expect(list(withBuffer.base64Bytes(base64))).toEqual(list(bytes))
      expect(list(without.joinBytes([bytes, bytes]))).toEqual([...bytes, ...bytes])
    }),
  )
})
