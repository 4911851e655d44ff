/** Puts a value into every kind of carrier, and looks for it afterwards in every form that it may have left in. */
import { createHash } from 'node:crypto'
import { brotliCompressSync, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Exchange } from '../../src/desensitize/exchange.ts'
import { encodeGbk } from '../../src/desensitize/layers/gbk.ts'

export interface Planted {
  readonly exchange: Exchange
  /** Carriers without a field name are only for values that tell by themselves. */
  readonly named: boolean
}

const empty = { headers: [], bodies: [] }
const bytes = (body: string | Uint8Array) => [{ kind: 'bytes', bytes: Buffer.from(body) }] as const

const asking = (target: string, headers: readonly string[] = []): Exchange => ({
  protocol: 'http',
  service: 'shop',
  operation: `GET ${target}`,
  request: { ...empty, target, headers },
  reply: { ...empty, status: 200 },
})
const answering = (type: string, body: string | Uint8Array, headers: readonly string[] = []): Exchange => ({
  ...asking('/orders/42'),
  reply: { status: 200, headers: ['content-type', type, ...headers], bodies: bytes(body) },
})
const posting = (type: string, body: string | Uint8Array): Exchange => ({
  ...asking('/orders'),
  operation: 'POST /orders',
  request: { target: '/orders', headers: ['content-type', type], bodies: bytes(body) },
})

const xmlText = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
const escaped = (text: string): string =>
  JSON.stringify(text).replace(
    /[^\x00-\x7f]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
const json = 'application/json'
const base64url = (text: string): string => Buffer.from(text).toString('base64url')

const everyUnit = (text: string): string =>
  `"${[...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
const part = (head: string, body: string): Exchange =>
  posting('multipart/form-data; boundary=XbX', `--XbX\r\n${head}\r\n\r\n${body}\r\n--XbX--\r\n`)

type Carrier = (name: string, value: string) => Exchange

/** Each leaves the value under its name. */
export const namedCarriers: Readonly<Record<string, Carrier>> = {
  query: (name, value) => asking(`/orders?page=1&${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  form: (name, value) =>
    posting(
      'application/x-www-form-urlencoded',
      `page=1&${encodeURIComponent(name)}=${encodeURIComponent(value).replaceAll('%20', '+')}`,
    ),
  'form with JSON': (name, value) =>
    posting(
      'application/x-www-form-urlencoded',
      `v=1&biz_content=${encodeURIComponent(JSON.stringify({ [name]: value }))}`,
    ),
  multipart: (name, value) =>
    posting(
      'multipart/form-data; boundary=XbX',
      `--XbX\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--XbX--\r\n`,
    ),
  json: (name, value) => answering(json, JSON.stringify({ code: 0, data: { [name]: value, ok: true } })),
  'json, escaped': (name, value) => answering(json, `{"data":{${escaped(name)}:${escaped(value)}}}`),
  'json, deep': (name, value) =>
    answering(json, JSON.stringify({ a: [{ b: [[{ c: { [name]: [value] } }]] }] })),
  'json in json': (name, value) =>
    answering(json, JSON.stringify({ payload: JSON.stringify({ x: JSON.stringify({ [name]: value }) }) })),
  'json pairs': (name, value) => answering(json, JSON.stringify({ fields: [{ name, value }] })),
  'xml text': (name, value) =>
    answering('text/xml', `<r><o><n:${xmlName(name)} a="1">${xmlText(value)}</n:${xmlName(name)}></o></r>`),
  'xml attribute': (name, value) =>
    answering('application/xml', `<r><o ${xmlName(name)}="${xmlText(value)}"/></r>`),
  'xml cdata': (name, value) =>
    answering('text/xml', `<r><${xmlName(name)}><![CDATA[${value}]]></${xmlName(name)}></r>`),
  'xml pairs': (name, value) =>
    answering('text/xml', `<r><entry key="${xmlText(name)}">${xmlText(value)}</entry></r>`),
  jwt: (name, value) =>
    asking('/me', [
      'authorization',
      `Bearer ${base64url('{"alg":"HS256"}')}.${base64url(JSON.stringify({ [name]: value, iat: 1_700_000_000 }))}.c2lnbmF0dXJlMTIzNDU2`,
    ]),
  base64: (name, value) =>
    answering(
      json,
      JSON.stringify({ data: Buffer.from(JSON.stringify({ [name]: value })).toString('base64') }),
    ),
  'base64 twice': (name, value) =>
    answering(
      json,
      JSON.stringify({
        data: Buffer.from(Buffer.from(JSON.stringify({ [name]: value })).toString('base64')).toString(
          'base64',
        ),
      }),
    ),
  hex: (name, value) =>
    answering(json, JSON.stringify({ data: Buffer.from(JSON.stringify({ [name]: value })).toString('hex') })),
  gzip: (name, value) =>
    answering(json, gzipSync(JSON.stringify({ [name]: value })), ['content-encoding', 'gzip']),
  'gzip in base64': (name, value) =>
    answering(
      json,
      JSON.stringify({ zipped: gzipSync(JSON.stringify({ [name]: value })).toString('base64') }),
    ),
  events: (name, value) =>
    answering('text/event-stream', `event: x\ndata: ${JSON.stringify({ [name]: value })}\n\n`),
  lines: (name, value) =>
    answering('application/x-ndjson', `{"a":1}\n${JSON.stringify({ [name]: value })}\n`),
  'json, all escaped': (name, value) => answering(json, `{${everyUnit(name)}:${everyUnit(value)}}`),
  'json behind a guard': (name, value) => answering(json, `)]}',\n${JSON.stringify({ [name]: value })}`),
  'json in GBK, not declared': (name, value) =>
    answering(json, encodeGbk(JSON.stringify({ [name]: value, title: '订单' }))),
  'json in UTF-16': (name, value) =>
    answering(
      'application/json; charset=utf-16le',
      Buffer.from(JSON.stringify({ [name]: value }), 'utf16le'),
    ),
  'json in a list of pairs': (name, value) =>
    answering(
      json,
      JSON.stringify({
        f: [
          [name, value],
          ['a', 'b'],
        ],
      }),
    ),
  'json, under a harmless name': (name, value) =>
    answering(json, JSON.stringify({ status: { [name]: value }, code: [{ [name]: value }] })),
  jsonp: (name, value) =>
    answering('application/javascript', `cb_1(${JSON.stringify({ data: { [name]: value } })});`),
  csv: (name, value) => answering('text/csv', `id,${name},note\n1,${JSON.stringify(value)},ok\n`),
  'graphql variables': (name, value) =>
    posting(
      json,
      JSON.stringify({ query: 'query Q($v: String!) { a(v: $v) { id } }', variables: { [name]: value } }),
    ),
  'xml in GBK': (name, value) =>
    answering(
      'text/xml',
      encodeGbk(
        `<?xml version="1.0" encoding="GBK"?><r><${xmlName(name)}>${xmlText(value)}</${xmlName(name)}></r>`,
      ),
    ),
  'xml value in an element': (name, value) =>
    answering('text/xml', `<r><${xmlName(name)}><value>${xmlText(value)}</value></${xmlName(name)}></r>`),
  'xml value beside a name': (name, value) =>
    answering('text/xml', `<r><member><name>${name}</name><value>${xmlText(value)}</value></member></r>`),
  script: (name, value) =>
    answering('text/html', `<!doctype html><html><script>var u = {"${name}": "${value}"};</script></html>`),
  'form in GBK': (name, value) =>
    posting('application/x-www-form-urlencoded; charset=GBK', `p=1&${gbkPercent(name)}=${gbkPercent(value)}`),
  'query, encoded twice': (name, value) =>
    asking(`/o?${encodeURIComponent(name)}=${encodeURIComponent(encodeURIComponent(value))}`),
  brotli: (name, value) =>
    answering(json, brotliCompressSync(JSON.stringify({ [name]: value })), ['content-encoding', 'br']),
  'two codings': (name, value) =>
    answering(json, brotliCompressSync(gzipSync(JSON.stringify({ [name]: value }))), [
      'content-encoding',
      'gzip, br',
    ]),
  'zstd in base64': (name, value) =>
    answering(
      json,
      JSON.stringify({ code: zstdCompressSync(JSON.stringify({ [name]: value })).toString('base64') }),
    ),
  'an event over lines': (name, value) =>
    answering(
      'text/event-stream',
      `data: {\ndata: ${JSON.stringify(name)}: ${JSON.stringify(value)}\ndata: }\n\n`,
    ),
  fields: (name, value) => ({
    ...asking('/x'),
    protocol: 'grpc',
    reply: { headers: [], bodies: [{ kind: 'fields', value: { order: { id: 7n, [name]: value } } }] },
  }),
}

/** Nothing says what it is. */
export const namelessCarriers: Readonly<Record<string, (value: string) => Exchange>> = {
  path: (value) => asking(`/users/${encodeURIComponent(value)}/orders`),
  header: (value) =>
    asking('/x', [
      'x-debug-info',
      Buffer.from(value).toString('latin1') === value ? value : encodeURIComponent(value),
    ]),
  cookie: (value) => asking('/x', ['cookie', `lang=zh; u=${encodeURIComponent(value)}`]),
  'set-cookie': (value) =>
    answering(json, '{}', ['set-cookie', `u=${encodeURIComponent(value)}; Path=/; HttpOnly`]),
  'free text': (value) => answering(json, JSON.stringify({ remark: `请联系 ${value} 谢谢` })),
  'text body': (value) => answering('text/plain', `please call ${value}, thanks`),
  'json key': (value) => answering(json, JSON.stringify({ byUser: { [value]: 1 } })),
  'xml comment': (value) => answering('text/xml', `<r><!-- for ${value} --><a>1</a></r>`),
  basic: (value) =>
    asking('/x', ['authorization', `Basic ${Buffer.from(`${value}:pw-of-${value}`).toString('base64')}`]),
  'url in json': (value) =>
    answering(json, JSON.stringify({ next: `https://shop.test/p?u=${encodeURIComponent(value)}&page=2` })),
  'path, encoded twice': (value) => asking(`/users/${encodeURIComponent(encodeURIComponent(value))}`),
  'path with an extension': (value) => asking(`/q/${encodeURIComponent(value)}.json`),
  'name in a query': (value) => asking(`/o?${encodeURIComponent(value)}=1`),
  "a cookie's path": (value) =>
    answering(json, '{}', ['set-cookie', `c=1; Path=/u/${encodeURIComponent(value)}`]),
  'name of a part': (value) => part(`content-disposition: form-data; name="${value}"`, 'x'),
  'encoded name of a file': (value) =>
    part(`content-disposition: form-data; name="f"; filename*=UTF-8''${encodeURIComponent(value)}.txt`, 'x'),
  'header of a part': (value) => part(`content-disposition: form-data; name="f"\r\nx-note: <${value}>`, 'x'),
  'before the parts': (value) =>
    posting(
      'multipart/form-data; boundary=XbX',
      `${value}\r\n--XbX\r\ncontent-disposition: form-data; name="f"\r\n\r\nx\r\n--XbX--\r\n${value}`,
    ),
  'processing instruction': (value) => answering('text/xml', `<?xml version="1.0"?><?proc ${value}?><r/>`),
  'id of an event': (value) =>
    answering('text/event-stream', `id: ${value}\nevent: ${value}\n: ${value}\ndata: hi\n\n`),
  'header of a jwt': (value) =>
    asking('/x', [
      'authorization',
      `Bearer ${base64url(JSON.stringify({ alg: 'HS256', kid: value }))}.${base64url('{"a":1}')}.c2lnbmF0dXJlMTIzNDU2`,
    ]),
  'graphql text': (value) => posting('application/graphql', `{ user(q: ${JSON.stringify(value)}) { id } }`),
  filename: (value) =>
    posting(
      'multipart/form-data; boundary=b0b',
      `--b0b\r\ncontent-disposition: form-data; name="f"; filename="${value}.txt"\r\n\r\nhi\r\n--b0b--\r\n`,
    ),
}

const gbkPercent = (text: string): string =>
  [...encodeGbk(text)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')

const xmlName = (name: string): string => name.replace(/[^\p{L}\p{N}_-]/gu, '_')

/** Everything that a reader of the fixture could see, packed bytes unpacked by hand. */
export const outputOf = (exchange: Exchange): string => {
  const side = (message: Exchange['request']): string =>
    [
      message.target ?? '',
      ...message.headers,
      ...(message.trailers ?? []),
      ...message.bodies.map((body) =>
        body.kind === 'bytes' ? readings(Buffer.from(body.bytes)) : written(body.value),
      ),
    ].join('\n')
  return [exchange.operation, side(exchange.request), side(exchange.reply)].join('\n')
}

/** In every coding that it may be in. */
const readings = (bytes: Buffer): string =>
  [bytes.toString('utf8'), bytes.toString('utf16le'), new TextDecoder('gbk').decode(bytes)].join('\n')

const written = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? ''

/** All ways in which `value` may stand somewhere; written apart from the code that it is to judge. */
export const tracesOf = (value: string): readonly (readonly [form: string, text: string])[] => {
  const raw = Buffer.from(value)
  const traces: (readonly [string, string])[] = [['raw', value]]
  const digits = value.replace(/[^0-9A-Za-z]/g, '')
  if (digits.length >= 8 && digits !== value) traces.push(['without separators', digits])
  traces.push(
    ['percent', encodeURIComponent(value)],
    ['hex', raw.toString('hex')],
    ['HEX', raw.toString('hex').toUpperCase()],
  )
  traces.push([
    'escaped',
    value.replace(/[^\x00-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ])
  for (let shift = 0; shift < 3; shift++) {
    const text = Buffer.concat([Buffer.from('xyz'.slice(0, shift)), raw, Buffer.from('  ')]).toString(
      'base64',
    )
    const inner = text.slice(Math.ceil((shift * 4) / 3), Math.floor(((shift + raw.length) * 4) / 3))
    if (inner.length >= 7) traces.push([`base64 ${shift}`, inner])
  }
  for (const name of ['md5', 'sha1', 'sha256'])
    traces.push([name, createHash(name).update(value).digest('hex')])
  return traces
}

/** Base64, hexadecimal and gzip of the output, as deep as they go, in plain text. */
export const unpackedText = (text: string, depth = 0): string => {
  if (depth > 5) return ''
  let more = ''
  for (const match of text.matchAll(/[A-Za-z0-9+/_-]{16,}={0,2}/g)) {
    const isHex = /^(?:[0-9a-f]{2})+$/i.test(match[0])
    for (const encoding of isHex ? (['hex', 'base64'] as const) : (['base64', 'base64url'] as const)) {
      let inner = Buffer.from(match[0], encoding)
      if (inner[0] === 0x1f && inner[1] === 0x8b) inner = unzipped(inner)
      const plain = inner.toString('utf8')
      if (!/[\ufffd\x00-\x08]/.test(plain)) more += `\n${plain}${unpackedText(plain, depth + 1)}`
    }
  }
  return more
}

const unzipped = (inner: Buffer): Buffer<ArrayBuffer> => {
  try {
    return gunzipSync(inner)
  } catch {
    return Buffer.alloc(0)
  }
}
