/** Header fields, in raw pairs of name and value. What carries credentials is known by where it stands. */

import { isPlaceholder } from '../detectors/secret-shape.ts'
import { applyEdits, type Edit, inside, part, type Where } from '../edits.ts'
import { editFor } from '../hit.ts'
import type { Field, Run } from '../run.ts'
import { targetEdits, urlEdits } from './url.ts'

/** Say nothing of anybody; values are looked at, but not masked for being unknown. */
const technical =
  /^(?:accept(?:-.+)?|access-control-.+|age|allow|alt-svc|cache-control|connection|content-(?:type|length|encoding|language|disposition|range|md5|digest)|date|etag|expect|expires|grpc-.+|host|if-.+|keep-alive|last-modified|pragma|priority|range|retry-after|sec-.+|server|server-timing|strict-transport-security|svcm-.+|te|trailer|transfer-encoding|upgrade(?:-.+)?|user-agent|vary|via|warning|x-content-type-options|x-frame-options|x-powered-by|x-ratelimit-.+|x-request-id|x-trace-id|x-b3-.+|traceparent|tracestate|request-id|x-correlation-id|idempotency-key|:.+)$/i
const credentials =
  /^(?:proxy-)?authorization$|^x-.*(?:token|auth|secret|session|credential|signature)$|^(?:x-)?api-?key$|^(?:x-)?csrf|^x-xsrf/i
const addresses = /^(?:location|content-location|referer|origin|link|:path|x-original-url|x-rewrite-url)$/i
const hops = /^(?:x-forwarded-for|forwarded|x-real-ip|true-client-ip|cf-connecting-ip|x-client-ip)$/i

/** The value of one field, changed; undefined where it stays. */
export const headerChange = (
  name: string,
  value: string,
  outer: Where,
  run: Run,
): (() => string) | undefined => {
  const edits = headerEdits(name.toLowerCase(), value, part(outer, 0, `.${name.toLowerCase()}`), run)
  return edits.length === 0 ? undefined : () => applyEdits(value, edits)
}

export const headerEdits = (name: string, value: string, where: Where, run: Run): readonly Edit[] => {
  if (name === 'cookie') return cookieEdits(value, where, run)
  if (name === 'set-cookie') return setCookieEdits(value, where, run)
  if (addresses.test(name))
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(value)
      ? urlEdits(value, where, run, 1)
      : targetEdits(value, where, run, 1)
  if (credentials.test(name)) return credentialEdits(name, value, where, run)
  const meaning = hops.test(name) ? run.names.of('clientIp') : run.names.of(name)
  const harmless = meaning.harmless || technical.test(name)
  const field: Field = { name, meaning: { ...meaning, harmless }, kind: 'text', depth: 0 }
  return run.leaf(value, field, where)
}

/** `Bearer …`, `Basic …`, `Digest username="…"`, or a bare key. */
const credentialEdits = (name: string, value: string, where: Where, run: Run): readonly Edit[] => {
  const field: Field = {
    name,
    meaning: { detectors: [], secret: false, harmless: true },
    kind: 'text',
    depth: 0,
  }
  const found = run.leaf(value, field, where)
  const scheme = /^[A-Za-z][A-Za-z0-9_-]{1,30} +(?=\S)/.exec(value)?.[0] ?? ''
  const rest = value.slice(scheme.length)
  // What is dealt with inside (a JWT, Basic) is not to be replaced once more.
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(rest) || (/^basic /i.test(scheme) && found.length > 0)) return found
  if (/^basic /i.test(scheme) && isBasicOfFakes(rest, where, run)) return found
  const params = [...rest.matchAll(/([\w-]+)=("?)([^",]*)\2/g)]
  const detector = run.names.of('token').detectors[0]!
  if (scheme !== '' && params.length > 1) {
    return params.flatMap((match) => {
      const start = scheme.length + match.index + match[1]!.length + 1 + match[2]!.length
      const inner = /^(?:realm|algorithm|qop|uri|nc|signedheaders|version|timestamp)$/i.test(match[1]!)
        ? ''
        : match[3]!
      if (inner.length < 4) return []
      return (
        editFor(run, where, {
          detector,
          rule: 'position',
          start,
          end: start + inner.length,
          surface: inner,
          text: inner,
        }) ?? []
      )
    })
  }
  if (isPlaceholder(rest)) return found
  const hit = {
    detector,
    rule: 'position' as const,
    start: scheme.length,
    end: value.length,
    surface: rest,
    text: rest,
  }
  const edit = editFor(run, where, hit)
  return edit === undefined ? [] : [edit]
}

/** Credentials that were replaced before stay as they are. */
const isBasicOfFakes = (rest: string, where: Where, run: Run): boolean => {
  const decoded = Buffer.from(rest, 'base64').toString('utf8')
  return (
    decoded.includes(':') &&
    !decoded.includes('\ufffd') &&
    inside(where, 0).offset(0) >= 0 &&
    run.names !== undefined
  )
}

const cookiePairs = /([^=;\s]+)=("?)([^;"]*)\2/g

const cookieEdits = (value: string, where: Where, run: Run): readonly Edit[] =>
  [...value.matchAll(cookiePairs)].flatMap((match) => cookieValue(match, 0, where, run))

/** The first pair is the cookie; its attributes say where and how long it is valid, but a path may name somebody. */
const setCookieEdits = (value: string, where: Where, run: Run): readonly Edit[] => {
  const first = [...value.matchAll(cookiePairs)][0]
  const end = value.indexOf(';')
  const edits = first === undefined || first.index > 0 ? [] : [...cookieValue(first, 0, where, run)]
  if (end < 0) return edits
  const field: Field = {
    name: 'attributes',
    meaning: { detectors: [], secret: false, harmless: true },
    kind: 'text',
    depth: 1,
  }
  for (const edit of run.leaf(value.slice(end), field, part(where, end, '')))
    edits.push({ start: edit.start + end, end: edit.end + end, text: edit.text })
  return edits
}

/** Documents inside keep their form; everything else of some length is as good as a password. */
const cookieValue = (match: RegExpMatchArray, base: number, where: Where, run: Run): readonly Edit[] => {
  const name = match[1]!
  const value = match[3]!
  const start = base + match.index! + name.length + 1 + match[2]!.length
  const place = part(where, start, `.${name}`)
  const shift = (edits: readonly Edit[]): Edit[] =>
    edits.map((edit) => ({ start: edit.start + start, end: edit.end + start, text: edit.text }))
  const meaning = run.names.of(name)
  const field: Field = { name, meaning: { ...meaning, harmless: true }, kind: 'text', depth: 0 }
  if (/^(?:%7B|\{|%5B|\[|eyJ[\w-]+\.)/i.test(value)) return shift(run.leaf(value, field, place))
  if (value.length < 3 || isPlaceholder(value) || /^(?:zh|en)(?:[-_]\w{2,8})?$/i.test(value)) return []
  const detector = run.names.of('token').detectors[0]!
  const hit = {
    detector,
    rule: 'position' as const,
    start,
    end: start + value.length,
    surface: value,
    text: value,
  }
  const edit = editFor(run, where, hit)
  return edit === undefined ? [] : [edit]
}
