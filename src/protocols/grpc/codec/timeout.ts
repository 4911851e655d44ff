/** How long a client waits: `grpc-timeout` (gRPC over HTTP/2, "Timeout") and `connect-timeout-ms`. */
import { firstValue, type Metadata } from '../../../core/metadata.ts'

const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
}

/** Milliseconds; undefined where the client names none, or nothing that the specification knows. */
export const timeoutOf = (metadata: Metadata): number | undefined => {
  const grpc = /^(\d{1,8})([HMSmun])$/.exec(firstValue(metadata, 'grpc-timeout') ?? '')
  if (grpc !== null) return Number(grpc[1]) * unitMs[grpc[2]!]!
  const connect = /^\d{1,10}$/.exec(firstValue(metadata, 'connect-timeout-ms') ?? '')
  return connect === null ? undefined : Number(connect[0])
}
