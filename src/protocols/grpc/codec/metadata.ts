/** Metadata of calls: which headers are the caller's own, and `-bin` values (gRPC over HTTP/2, "Custom-Metadata"). */
import type { Metadata } from '../../../core/metadata.ts'

/** Standard base64 with padding or without, as senders differ. undefined for what is none. */
export const decodeBinary = (text: string): Uint8Array | undefined =>
  /^[A-Za-z\d+/_-]*={0,2}$/.test(text) ? Uint8Array.from(Buffer.from(text, 'base64')) : undefined

/** Unpadded, as gRPC sends it. */
export const encodeBinary = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64').replace(/=+$/, '')

export const isBinaryName = (name: string): boolean => name.toLowerCase().endsWith('-bin')

/** What the transport says for itself and no application sends as its own. */
const transport =
  /^(:.*|grpc-(status|message|status-details-bin|timeout|encoding|accept-encoding|message-type)|connect-(protocol-version|timeout-ms|content-encoding|accept-encoding)|content-(type|length|encoding)|te|trailer|transfer-encoding|connection|keep-alive|proxy-connection|upgrade|host|date|access-control-.*|vary)$/

export const isTransportName = (lower: string): boolean => transport.test(lower)

/** The application's own metadata: names in lower case, several values of one name as a list. */
export const metadataValues = (metadata: Metadata): Record<string, string | readonly string[]> => {
  const values: Record<string, string | readonly string[]> = Object.create(null)
  for (let i = 0; i < metadata.length; i += 2) {
    const name = metadata[i]!.toLowerCase()
    if (isTransportName(name)) continue
    const before = values[name]
    const value = metadata[i + 1]!
    values[name] = before === undefined ? value : [before, value].flat()
  }
  return values
}
