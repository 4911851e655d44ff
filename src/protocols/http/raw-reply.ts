/** A reply written straight onto a socket: where node:http has no response object (CONNECT, Upgrade, malformed calls). */
import { STATUS_CODES } from 'node:http'
import type { Metadata } from '../../core/metadata.ts'
import type { SingleReply } from '../../core/reply.ts'

export const rawHead = (status: number, statusText: string | undefined, headers: Metadata): string => {
  let head = `HTTP/1.1 ${status} ${statusText ?? STATUS_CODES[status] ?? ''}\r\n`
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`
  return `${head}\r\n`
}

/** The whole reply; the connection ends after it. */
export const rawReply = (reply: SingleReply): Buffer => {
  const head = rawHead(reply.status, reply.statusText, [...reply.metadata, 'connection', 'close'])
  return Buffer.concat([Buffer.from(head, 'latin1'), reply.body ?? new Uint8Array(0)])
}
