/** nock's reply function: asks the mocks. */
import { Readable } from 'node:stream'
import type { Mocks } from '../../app/in-process/public.ts'

type Reply = [status: number, body: Buffer | Readable, headers: string[]]

/** nock has undone what the body was coded with, and left the header that says so. */
const withoutCoding = async (request: Request): Promise<Request> => {
  if (request.body === null || !request.headers.has('content-encoding')) return request
  const headers = new Headers(request.headers)
  headers.delete('content-encoding')
  headers.delete('content-length')
  const { method, url, signal } = request
  return new Request(url, { method, headers, signal, body: await request.bytes() })
}

export const replyBy =
  (mocks: Mocks) =>
  async (request: Request): Promise<Reply> => {
    const response = await mocks.answer(await withoutCoding(request))
    const headers = [...response.headers].flat()
    const { body } = response
    if (body === null) return [response.status, Buffer.alloc(0), headers]
    return [response.status, Readable.fromWeb(body as never), headers]
  }
