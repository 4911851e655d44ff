/** Whatever headers a client sends, the real service gets them as they were, in either version; and the reply's likewise. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ask, http2Client, http2Upstream } from '../../support/http2.ts'
import { proxy } from '../../support/proxy.ts'
import { upstream } from '../../support/upstream.ts'

const host = 'real.test.example.com'
const token = fc
  .string({ unit: fc.constantFrom(..."abcxyz019-_.!#$%&'*+^`|~"), minLength: 1, maxLength: 12 })
  .map((text) => `x-${text}`)
/** Visible Latin-1 with inner blanks (RFC 9110 section 5.5). */
const value = fc
  .string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
    maxLength: 30,
  })
  .map((text) =>
    text
      .replaceAll(/[\x7f-\x9f]/g, '-')
      .trim()
      .replace(/^[\s\xa0]+|[\s\xa0]+$/g, ''),
  )
const headers = fc.uniqueArray(fc.tuple(token, fc.array(value, { minLength: 1, maxLength: 3 })), {
  maxLength: 20,
  selector: ([name]) => name,
})

type Headers = [string, string[]][]
const flat = (given: Headers): string[] =>
  given.flatMap(([name, values]) => values.flatMap((each) => [name, each]))
const object = (given: Headers): Record<string, string[]> => Object.fromEntries(given)
const own = (pairs: readonly string[]): string[] => {
  const kept: string[] = []
  for (let i = 0; i < pairs.length; i += 2) if (/^x-/.test(pairs[i]!)) kept.push(pairs[i]!, pairs[i + 1]!)
  return kept
}

it.each(['HTTP/2', 'HTTP/1.1'])('headers pass unchanged to a service in %s, and back', async (version) => {
  let seen: readonly string[] = []
  let answer: Headers = []
  const real =
    version === 'HTTP/2'
      ? await http2Upstream((stream, _headers, raw) => {
          seen = raw
          stream.respond({ ':status': 200, ...object(answer) })
          stream.end()
        })
      : await upstream((request, response) => {
          seen = request.rawHeaders
          response.writeHead(200, flat(answer)).end()
        })
  const { port } = await proxy({
    'svc-mock.yaml': `services:\n  real:\n    hosts: [${host}]\n    mode: passthrough\n    upstream: http://127.0.0.1:${real.port}\n`,
  })
  const session = await http2Client(port)
  await fc.assert(
    fc.asyncProperty(headers, headers, async (asked, answered) => {
      answer = answered
      const got = await ask(session, { ':path': '/', ':authority': host, ...object(asked) })
      expect(got.status).toBe(200)
      expect(own(seen)).toEqual(flat(asked))
      expect(own(got.raw)).toEqual(flat(answered))
    }),
    { numRuns: 200 },
  )
})
