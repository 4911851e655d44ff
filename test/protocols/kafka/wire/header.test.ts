/** Headers are those of their version; the bytes are what other programs send. */
import { describe, expect, it } from 'vitest'
import { apiOf } from '../../../../src/protocols/kafka/messages/index.ts'
import {
  readRequestHead,
  readResponseHead,
  writeRequest,
  writeResponse,
} from '../../../../src/protocols/kafka/wire/header.ts'
import { MalformedMessage } from '../../../../src/protocols/kafka/wire/malformed.ts'

const body = Buffer.from('body')

describe('headers', () => {
  it.each([
    // api, version, tags in the request's header, in the response's
    [0, 8, false, false],
    [0, 9, true, true],
    [18, 2, false, false],
    // The response to ApiVersions never has them.
    [18, 3, true, false],
    // No version of SaslHandshake is flexible.
    [17, 1, false, false],
    // Versions that nobody knows yet keep the newest form.
    [18, 99, true, false],
  ])('of API %i v%i', (apiKey, apiVersion, requestTags, responseTags) => {
    const head = { apiKey, apiVersion, correlationId: -7, clientId: 'äpp' }
    const request = writeRequest(head, body)
    expect(request.readInt32BE(0)).toBe(request.length - 4)
    const frame = request.subarray(4)
    expect(readRequestHead(frame)).toEqual({ ...head, end: 14 + (requestTags ? 1 : 0) })
    expect(frame.subarray(-4).equals(body)).toBe(true)

    const api = apiOf(apiKey)!
    const response = writeResponse(api, apiVersion, -7, body)
    expect(response.readInt32BE(0)).toBe(response.length - 4)
    const answer = response.subarray(4)
    expect(readResponseHead(api, apiVersion, answer)).toEqual({
      correlationId: -7,
      end: responseTags ? 5 : 4,
    })
    expect(answer.subarray(-4).equals(body)).toBe(true)
  })

  it('may have no client id, and tags that nobody knows', () => {
    const bare = writeRequest({ apiKey: 3, apiVersion: 1, correlationId: 1, clientId: null }, body)
    expect(readRequestHead(bare.subarray(4))).toMatchObject({ clientId: null, end: 10 })
    const tagged = Buffer.from('000300090000000100016101050261620000000000', 'hex')
    expect(readRequestHead(tagged)).toMatchObject({ apiKey: 3, clientId: 'a', end: 16 })
  })

  it('of an API that nobody knows end behind the client id', () => {
    const frame = Buffer.from('7fff000000000001000161ffff', 'hex')
    expect(readRequestHead(frame)).toMatchObject({ apiKey: 32_767, clientId: 'a', end: 11 })
  })

  it.each(['', '0003', '00030001000000010005', '0003000900000001000161ff', '0003000100000001fffe'])(
    'cut to %s are refused',
    (bytes) => {
      expect(() => readRequestHead(Buffer.from(bytes, 'hex'))).toThrow(MalformedMessage)
      expect(() => readRequestHead(Buffer.from(bytes, 'hex'))).toThrow("the request's header: ")
    },
  )
})
