/** A real service that knows people: what it answers must be masked before it is written. */
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'

let counter = 0
const json = { 'content-type': 'application/json' }

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString()
    const { pathname, searchParams } = new URL(request.url!, 'http://h')
    const id = pathname.split('/').at(-1)
    if (pathname.startsWith('/users/'))
      response.writeHead(200, { ...json, 'svcm-version': '2.1.0', 'x-request-id': `r-${++counter}` }).end(
        JSON.stringify({
          id: Number(id),
          name: '张伟',
          mobile: '13800138000',
          idCard: '11010519491231002X',
          balance: 12.5,
        }),
      )
    else if (pathname === '/login')
      response
        .writeHead(200, json)
        .end(JSON.stringify({ token: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a', echo: JSON.parse(body) }))
    else if (pathname === '/gzip')
      response
        .writeHead(200, { ...json, 'content-encoding': 'gzip' })
        .end(gzipSync('{"email":"zhang.wei@corp.com.cn","total":1}'))
    else if (pathname === '/poll')
      response.writeHead(200, json).end(JSON.stringify({ step: Math.min(3, ++counter), now: Date.now() }))
    else if (pathname === '/bytes')
      response
        .writeHead(200, { 'content-type': 'application/octet-stream' })
        .end(Buffer.alloc(Number(searchParams.get('n')), 7))
    else if (pathname === '/slow') {
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.write('first\n')
      request.socket.once('close', () => undefined)
      setTimeout(() => response.end('second\n'), 100)
    } else response.writeHead(404, json).end('{"code":"NONE"}')
  })
})
server.listen(0, '127.0.0.1', () => process.send!((server.address() as { port: number }).port))
process.on('disconnect', () => process.exit(0))
