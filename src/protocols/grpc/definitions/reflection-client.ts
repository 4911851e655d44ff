/** Asks a running service for its definitions: grpc.reflection.v1, and v1alpha where that is not known. */
import { type ClientHttp2Session, connect } from 'node:http2'
import type { Dial } from '../../../core/protocol.ts'
import type { Authority, UpstreamTls } from '../../../core/service-entry.ts'
import { EnvelopeReader, envelope } from '../codec/envelope.ts'
import { statusName } from '../codec/status.ts'
import { decodeStatusMessage } from '../codec/status-message.ts'
import { bytesField, readFields, textOf } from '../codec/wire.ts'
import { describedFile } from './descriptors.ts'

const timeoutMs = 5_000
const answerAtMost = 64 * 1024 * 1024

/** Asking again would give the same answer. */
class Final extends Error {
  readonly final = true
}

export interface Reflecting {
  readonly target: Authority
  readonly tls: UpstreamTls | undefined
  readonly dial: Dial
}

/** FileDescriptorProto of every file that the service's own services need. Rejects with Error. */
export const reflectedFiles = async ({ target, tls, dial }: Reflecting): Promise<readonly Uint8Array[]> => {
  const socket = await dial(target, { alpn: ['h2'], tls })
  const session = connect(`${target.scheme}://${target.host}:${target.port}`, {
    createConnection: () => socket as never,
  })
  session.on('error', () => session.destroy())
  try {
    try {
      return await filesOf(session, target, 'grpc.reflection.v1')
    } catch (error) {
      if (!(error instanceof Final)) throw error
      return await filesOf(session, target, 'grpc.reflection.v1alpha')
    }
  } finally {
    session.destroy()
    socket.destroy()
  }
}

const filesOf = async (session: ClientHttp2Session, target: Authority, pkg: string) => {
  const path = `${target.basePath}/${pkg}.ServerReflection/ServerReflectionInfo`
  // ServerReflectionRequest: list_services = 7, file_by_filename = 3, file_containing_symbol = 4.
  const listed = await ask(session, path, bytesField(7, '*'))
  const services = fieldsOf(listed, 6)
    .flatMap((list) => readFields(list).filter(({ number }) => number === 1))
    .map(({ bytes }) => textOf(readFields(bytes).find(({ number }) => number === 1)))
  const files = new Map<string, Uint8Array>()
  const take = (answer: Uint8Array): void => {
    for (const list of fieldsOf(answer, 4)) {
      for (const { number, bytes } of readFields(list)) {
        if (number === 1) files.set(describedFile(bytes).name, bytes)
      }
    }
  }
  for (const service of services) take(await ask(session, path, bytesField(4, service)))
  for (const bytes of files.values()) {
    for (const name of describedFile(bytes).dependencies) {
      if (!files.has(name)) take(await ask(session, path, bytesField(3, name)))
    }
  }
  if (files.size === 0) throw new Final('its reflection names no service')
  return [...files.values()]
}

const fieldsOf = (message: Uint8Array, wanted: number): readonly Uint8Array[] =>
  readFields(message).flatMap(({ number, bytes }) => (number === wanted ? [bytes] : []))

/** One request, one answer. Rejects with Final where the service knows no such reflection. */
const ask = (session: ClientHttp2Session, path: string, request: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const reader = new EnvelopeReader(answerAtMost)
    let answer: Uint8Array | undefined
    const statusIn = (headers: Readonly<Record<string, unknown>>): void => {
      const code = headers['grpc-status']
      if (code === undefined || code === '0') return
      const message = decodeStatusMessage(String(headers['grpc-message'] ?? ''))
      reject(new Final(`it answers ${statusName(Number(code))}${message === '' ? '' : `: ${message}`}`))
    }
    stream.setTimeout(timeoutMs, () => {
      stream.close()
      reject(new Error(`it gave no answer within ${timeoutMs / 1000} s`))
    })
    stream.on('response', (headers) => {
      if (headers[':status'] !== 200) reject(new Final(`it answers HTTP ${headers[':status']}`))
      statusIn(headers)
    })
    stream.on('trailers', statusIn)
    stream.on('data', (chunk: Uint8Array) => {
      try {
        reader.push(chunk, ({ payload }) => {
          answer ??= payload
        })
      } catch (error) {
        reject(error as Error)
      }
    })
    stream.on('error', (error) => reject(new Error(`it broke off: ${error.message}`)))
    stream.on('close', () => {
      if (answer === undefined) reject(new Error('it gave no answer'))
      else if (fieldsOf(answer, 7).length > 0) {
        const [error] = fieldsOf(answer, 7)
        reject(new Error(textOf(readFields(error!).find(({ number }) => number === 2))))
      } else resolve(answer)
    })
    stream.end(envelope(request))
  })
