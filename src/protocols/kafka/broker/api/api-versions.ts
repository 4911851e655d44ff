/** ApiVersions: what the broker serves. It is asked before anything else, in a version that it may not know (KIP-511). */
import type { Message } from '../../messages/index.ts'
import { errors } from '../error-codes.ts'
import { servedApis } from './index.ts'

export const apiVersionsKey = 18

export const apiVersions = (own: { readonly min: number; readonly max: number }): Message => ({
  errorCode: errors.none,
  apiKeys: [...servedApis]
    .map(([apiKey, { min, max }]) => ({
      apiKey,
      // librdkafka switches compression off for brokers that don't list Produce 0 (KAFKA-18659).
      minVersion: min,
      maxVersion: max,
    }))
    .concat({ apiKey: apiVersionsKey, minVersion: own.min, maxVersion: own.max })
    .sort((a, b) => a.apiKey - b.apiKey),
})

/** To a version that is not known; in version 0, which every client reads. */
export const unsupportedApiVersions = (own: { readonly min: number; readonly max: number }): Message => ({
  errorCode: errors.unsupportedVersion,
  apiKeys: [{ apiKey: apiVersionsKey, minVersion: own.min, maxVersion: own.max }],
})
