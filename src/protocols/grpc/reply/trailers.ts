/** What stands at the end of a reply, out of gRPC's trailers. */
import { firstValue, type Metadata } from '../../../core/metadata.ts'
import { decodeBinary } from '../codec/metadata.ts'
import { type Detail, decodeStatus } from '../codec/rpc-status.ts'
import { decodeStatusMessage } from '../codec/status-message.ts'

const statusNames: ReadonlySet<string> = new Set(['grpc-status', 'grpc-message', 'grpc-status-details-bin'])

export interface Told {
  /** 2 (UNKNOWN) where nothing was told, as clients take it. */
  readonly code: number
  readonly message: string
  readonly details: readonly Detail[]
}

export const statusIn = (trailers: Metadata): Told => {
  const code = firstValue(trailers, 'grpc-status')
  return {
    code: code !== undefined && /^\d{1,3}$/.test(code) ? Number(code) : 2,
    message: decodeStatusMessage(firstValue(trailers, 'grpc-message') ?? ''),
    details: detailsIn(trailers),
  }
}

const detailsIn = (trailers: Metadata): readonly Detail[] => {
  const bytes = decodeBinary(firstValue(trailers, 'grpc-status-details-bin') ?? '')
  if (bytes === undefined || bytes.length === 0) return []
  try {
    return decodeStatus(bytes).details
  } catch {
    return []
  }
}

/** The application's own part of trailers. */
export const trailingMetadata = (trailers: Metadata): readonly string[] => {
  const own: string[] = []
  for (let i = 0; i < trailers.length; i += 2) {
    if (!statusNames.has(trailers[i]!.toLowerCase())) own.push(trailers[i]!, trailers[i + 1]!)
  }
  return own
}
