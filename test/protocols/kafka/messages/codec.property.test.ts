/** Every message of every version is what it was after being encoded and decoded, and bad bytes are refused in words. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Api,
  apiOf,
  apis,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type Message,
} from '../../../../src/protocols/kafka/messages/index.ts'
import { MalformedMessage } from '../../../../src/protocols/kafka/wire/malformed.ts'
import { messageOf } from './arbitrary.ts'

const forms = apis.flatMap((api) =>
  Array.from({ length: api.max - api.min + 1 }, (_none, i) => api.min + i).flatMap((version) =>
    (['request', 'response'] as const).map((direction) => ({ api, version, direction })),
  ),
)
const codecs = {
  request: { encode: encodeRequest, decode: decodeRequest },
  response: { encode: encodeResponse, decode: decodeResponse },
}
const arbitraryOf = ({ api, version, direction }: (typeof forms)[number]) =>
  messageOf(api.fieldsOf(direction), version, version >= api.flexible)

const api = (name: string): Api => apis.find((each) => each.name === name)!

describe('messages', () => {
  it('have every API that a client uses', () => {
    expect(forms.length).toBeGreaterThan(500)
    expect(
      [0, 1, 2, 3, 8, 9, 10, 11, 18, 22, 28, 36, 47, 60, 65, 66, 68, 69].map((key) => apiOf(key)?.name),
    ).toEqual([
      'Produce',
      'Fetch',
      'ListOffsets',
      'Metadata',
      'OffsetCommit',
      'OffsetFetch',
      'FindCoordinator',
      'JoinGroup',
      'ApiVersions',
      'InitProducerId',
      'TxnOffsetCommit',
      'SaslAuthenticate',
      'OffsetDelete',
      'DescribeCluster',
      'DescribeTransactions',
      'ListTransactions',
      'ConsumerGroupHeartbeat',
      'ConsumerGroupDescribe',
    ])
    expect([4, 27, 52, 93, -1, 32_767].map(apiOf)).toEqual(Array(6).fill(undefined))
  })

  it('are the same after being encoded and decoded, in every version', () => {
    for (const form of forms) {
      const { encode, decode } = codecs[form.direction]
      fc.assert(
        fc.property(arbitraryOf(form), (message) => {
          const bytes = encode(form.api, form.version, message)
          const decoded = decode(form.api, form.version, bytes)
          expect(decoded).toMatchObject(message)
          expect(encode(form.api, form.version, decoded).equals(bytes)).toBe(true)
        }),
        { numRuns: 12 },
      )
    }
  })

  it('are whole or refused: no cut or changed byte throws anything but MalformedMessage', () => {
    const form = fc.constantFrom(...forms)
    fc.assert(
      fc.property(
        form.chain((chosen) => fc.tuple(fc.constant(chosen), arbitraryOf(chosen), fc.nat(), fc.nat(255))),
        ([{ api: of, version, direction }, message, place, byte]) => {
          const { encode, decode } = codecs[direction]
          const bytes = encode(of, version, message)
          const refused = (bad: Buffer): boolean => {
            try {
              decode(of, version, bad)
              return false
            } catch (error) {
              expect(error).toBeInstanceOf(MalformedMessage)
              return true
            }
          }
          if (bytes.length > 0) expect(refused(bytes.subarray(0, place % bytes.length))).toBe(true)
          // What is behind a request is nobody's: librdkafka sends more than belongs there.
          expect(refused(Buffer.concat([bytes, Buffer.from([byte])]))).toBe(direction === 'response')
          bytes[place % bytes.length] = byte
          refused(bytes)
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('name the field and the byte that is wrong', () => {
    const bytes = encodeRequest(api('Metadata'), 1, { topics: [{ name: 'orders' }, { name: 'bills' }] })
    const cut = bytes.subarray(0, bytes.length - 2)
    expect(() => decodeRequest(api('Metadata'), 1, cut)).toThrow(
      'Metadata request v1: topics[].name: 5 bytes are needed, 3 are there (byte 14)',
    )
    const lying = Buffer.from('7fffffff', 'hex')
    expect(() => decodeRequest(api('Metadata'), 1, lying)).toThrow(
      '2147483647 elements are announced in 0 bytes',
    )
    expect(() => decodeRequest(api('Metadata'), 0, Buffer.from('ffffffff', 'hex'))).toThrow(
      'topics: null, where the version allows none',
    )
    expect(() => encodeRequest(api('Heartbeat'), 0, { groupId: 7 })).toThrow(
      'Heartbeat request v0: groupId: number instead of a string',
    )
    expect(() => decodeRequest(api('Heartbeat'), 9, lying)).toThrow(RangeError)
  })

  it('read absent fields as the specification says, and never share what they read', () => {
    const decode = (): Message => decodeRequest(api('Fetch'), 0, encodeRequest(api('Fetch'), 0, {}))
    const fetch = decode()
    expect(fetch).toMatchObject({
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: -1, replicaEpoch: -1n },
      maxBytes: 2_147_483_647,
      sessionEpoch: -1,
      forgottenTopicsData: [],
      rackId: '',
    })
    ;(fetch['forgottenTopicsData'] as Message[]).push({})
    ;(fetch['replicaState'] as Message)['replicaId'] = 7
    expect(decode()).toMatchObject({ forgottenTopicsData: [], replicaState: { replicaId: -1 } })
  })

  it('leave out what a version does not have', () => {
    const whole = { groupId: 'g', generationId: 3, memberId: 'm', groupInstanceId: 'static' }
    const bytes = encodeRequest(api('Heartbeat'), 0, whole)
    expect(decodeRequest(api('Heartbeat'), 0, bytes)).toEqual({ ...whole, groupInstanceId: null })
    expect(decodeRequest(api('Heartbeat'), 4, encodeRequest(api('Heartbeat'), 4, whole))).toEqual(whole)
  })
})
