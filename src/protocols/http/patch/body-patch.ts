/** A real reply's body: read whole, its coding undone, patched, and encoded again as the client accepts. */
import type { Source } from '../../../core/body.ts'
import { SvcMockError } from '../../../core/errors.ts'
import { firstValue, type Metadata } from '../../../core/metadata.ts'
import { type DocumentPatch, PatchFailure } from '../../../core/patch.ts'
import { isSecretName, shown } from '../../../core/secrets.ts'
import { codingOf, codingsOf, compress, decompress } from '../content-coding.ts'
import { type Coding, chooseCoding } from './accept-encoding.ts'

export interface PatchedBody {
  readonly bytes: Uint8Array
  readonly coding: Coding | undefined
}

/** Synchronous where the body is short and has arrived. Throws PatchFailure, or SvcMockError when the upstream breaks off. */
export const readWhole = (source: Source, limit: number): Uint8Array | Promise<Uint8Array> => {
  const whole = source.whole?.()
  if (whole !== undefined) {
    if (whole.length > limit) throw tooLarge(limit)
    return whole
  }
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    source.pipe({
      message: (bytes) => {
        if (size > limit) return true
        size += bytes.length
        chunks.push(bytes)
        if (size > limit) {
          const failure = tooLarge(limit)
          reject(failure)
          source.cancel(failure)
        }
        return true
      },
      end: () => resolve(Buffer.concat(chunks)),
      fail: (error) =>
        reject(
          new SvcMockError('UPSTREAM_UNREACHABLE', `the real service broke off its reply: ${error.message}`, {
            cause: error,
          }),
        ),
    })
  })
}

/** The coding is known from headers alone, for HEAD too. */
export const codingFor = (asked: Metadata, headers: Metadata): Coding | undefined =>
  chooseCoding(asked, codingOf(headers) || undefined)

/** `asked`: the client's headers; `headers`: the real reply's. */
export const patchBody = (
  raw: Uint8Array,
  { document, asked, headers, limit }: BodyToPatch,
): PatchedBody | Promise<PatchedBody> => {
  const bytes = patchPlain(
    plainBytes(raw, headers, limit),
    document,
    firstValue(headers, 'content-type') ?? '',
  )
  return packed(bytes, codingFor(asked, headers))
}

export const packed = (bytes: Uint8Array, coding: Coding | undefined): PatchedBody | Promise<PatchedBody> => {
  if (coding === undefined) return { bytes, coding }
  const done = compress(bytes, coding)
  return done instanceof Promise ? done.then((late) => ({ bytes: late, coding })) : { bytes: done, coding }
}

export interface BodyToPatch {
  readonly document: DocumentPatch
  readonly asked: Metadata
  readonly headers: Metadata
  readonly limit: number
}

const tooLarge = (limit: number): PatchFailure =>
  new PatchFailure(
    `the body is larger than limits.body (${limit} bytes), and only whole bodies can be patched`,
  )

const patchPlain = (plain: Uint8Array, document: DocumentPatch, type: string): Uint8Array => {
  // JSON is UTF-8 whatever its type says (RFC 8259 section 8.1).
  const charset = document.of === 'json' ? 'utf-8' : charsetOf(type)
  const text = decode(plain, charset, type)
  try {
    return encode(document.apply(text), charset)
  } catch (error) {
    if (!(error instanceof PatchFailure) || error.found !== undefined) throw error
    throw new PatchFailure(error.message, error.path, beginning(text, type))
  }
}

/** Undoes the coding. Throws PatchFailure. */
export const plainBytes = (raw: Uint8Array, headers: Metadata, limit: number): Uint8Array => {
  const plain = decompress(raw, codingsOf(headers), limit)
  if (!plain.ok) throw new PatchFailure(plain.problem)
  return plain.value
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

type Charset = 'utf-8' | 'latin1'

export const charsetOf = (type: string): Charset => {
  const name = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type)?.[1]?.toLowerCase() ?? 'utf-8'
  if (name === 'utf-8' || name === 'utf8' || name === 'us-ascii') return 'utf-8'
  if (name === 'iso-8859-1' || name === 'latin1') return 'latin1'
  throw new PatchFailure(`text in ${name} cannot be patched, only UTF-8 and ISO-8859-1`, undefined, type)
}

const decode = (plain: Uint8Array, charset: Charset, type: string): string => {
  const bytes = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength)
  if (charset === 'latin1') return bytes.toString('latin1')
  try {
    return utf8.decode(bytes)
  } catch {
    throw new PatchFailure(
      'the body is not valid UTF-8',
      undefined,
      `${bytes.length} bytes of ${type || 'no content-type'}`,
    )
  }
}

export const encode = (text: string, charset: Charset): Uint8Array => {
  if (charset === 'latin1' && /[^\u0000-\u00ff]/.test(text))
    throw new PatchFailure('the replacement holds a character that ISO-8859-1 has not')
  return Buffer.from(text, charset)
}

const shownAtMost = 60

/** What a body looks like that is not what the patch expects; without anything that might be a secret's value. */
const beginning = (text: string, type: string): string => {
  const what = `${text.length} characters of ${type || 'no content-type'}`
  const start = text.slice(0, shownAtMost)
  const secret = [...start.matchAll(/[\w.-]+/g)].some(([word]) => isSecretName(word))
  return text === '' || secret ? what : `${what}: ${shown(text, shownAtMost)}`
}
