/** Answers in all the forms that real services do: plain, encoded, chunked, empty, broken off. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'

/** Digits beyond 2^53, white space and escapes of its own. */
const document =
  '{ "sku":"A-1",  "id": 9007199254740993,\n\t"available" : 7, "name":"caf\\u00e9 \u00e9", "price":1.50 }'

const codings: Readonly<Record<string, (text: string) => Uint8Array>> = {
  gzip: (text) => gzipSync(text),
  br: (text) => brotliCompressSync(text),
  zstd: (text) => zstdCompressSync(text),
  deflate: (text) => deflateSync(text),
  'raw-deflate': (text) => deflateRawSync(text),
}

const json = { 'Content-Type': 'application/json' }

const answers: Readonly<Record<string, (response: ServerResponse, request: IncomingMessage) => void>> = {
  '/stock': (response) => {
    const digest = createHash('sha256').update(document).digest('base64')
    response.writeHead(200, 'Quite Fine', {
      ...json,
      'Content-Length': Buffer.byteLength(document),
      ETag: '"real"',
      'Content-Digest': `sha-256=:${digest}:, md5=:abc=:`,
      Digest: `SHA-256=${digest}`,
      'Repr-Digest': 'md5=:abc=:',
      'Set-Cookie': ['a=1', 'b=2'],
      'X-Powered-By': 'real',
    })
    response.end(document)
  },
  '/chunked': async (response) => {
    response.writeHead(200, { ...json, Trailer: 'X-Sum' })
    for (const piece of document.match(/.{1,20}/gs)!) {
      response.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.addTrailers({ 'X-Sum': '1' })
    response.end()
  },
  '/html': (response) => response.writeHead(503, { 'Content-Type': 'text/html' }).end('<h1>Sorry</h1>'),
  '/text': (response) =>
    response
      .writeHead(200, { 'Content-Type': 'text/plain; charset=iso-8859-1' })
      .end('caf\xe9: 5 EUR', 'latin1'),
  '/empty': (response) => response.writeHead(204, { ETag: '"e"' }).end(),
  '/conditional': (response, request) =>
    request.headers['if-none-match'] === undefined && request.headers.range === undefined
      ? response.writeHead(200, { ...json, ETag: '"c"' }).end('{"a":1}')
      : response.writeHead(304, { ETag: '"c"' }).end(),
  '/echo': (response, request) => response.writeHead(200, json).end(JSON.stringify(request.headers)),
  '/large': (response) => response.writeHead(200, json).end(`{"a":1,"data":"${'x'.repeat(200_000)}"}`),
  '/broken': (response) => {
    response.writeHead(200, { ...json, 'Content-Length': 100 })
    response.write('{"a":1', () => response.destroy())
  },
}

const encoded = (path: string, response: ServerResponse): void => {
  const name = path.slice('/coded/'.length)
  const coding = codings[name]
  const header = name === 'raw-deflate' ? 'deflate' : name
  response.writeHead(200, { ...json, ...(coding !== undefined && { 'Content-Encoding': header }) })
  response.end(coding === undefined ? document : coding(document))
}

const server = createServer((request, response) => {
  request.resume()
  const path = request.url!
  if (path.startsWith('/coded/')) encoded(path, response)
  else if (answers[path] === undefined) response.writeHead(404, json).end('{"code":"NONE"}')
  else answers[path](response, request)
})
server.listen(0, '127.0.0.1', () => process.send!((server.address() as { port: number }).port))
process.on('disconnect', () => process.exit(0))
