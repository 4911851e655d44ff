/** A whole body with its decoded forms, each made on first use and kept. Never throws: what is broken says why. */
import type { Decoded, DecodedBody } from './body.ts'
import { parseForm } from './form.ts'
import { parseJson } from './json.ts'
import type { Multipart } from './multipart.ts'
import { parseMultipart } from './multipart-parse.ts'

/** `problem`: why the body as a whole cannot be looked at. */
export const decodedBody = (bytes: Uint8Array, contentType: string, problem?: string): DecodedBody =>
  new LazyBody(bytes, contentType, problem)

class LazyBody implements DecodedBody {
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly problem: string | undefined
  private asText: Decoded<string> | undefined
  private asJson: Decoded<unknown> | undefined
  private asForm: Decoded<ReadonlyMap<string, readonly string[]>> | undefined
  private asMultipart: Decoded<Multipart> | undefined

  constructor(bytes: Uint8Array, contentType: string, problem: string | undefined) {
    this.bytes = bytes
    this.contentType = contentType
    this.problem = problem
  }

  text(): Decoded<string> {
    this.asText ??= this.unlessBroken(() => decodeText(this.bytes))
    return this.asText
  }

  json(): Decoded<unknown> {
    this.asJson ??= this.unlessBroken(() => {
      if (this.bytes.length === 0) return { ok: false, problem: 'the body is empty' }
      const text = this.text()
      return text.ok ? parseJson(text.value) : text
    })
    return this.asJson
  }

  form(): Decoded<ReadonlyMap<string, readonly string[]>> {
    this.asForm ??= this.unlessBroken(() => {
      const text = this.text()
      return text.ok ? { ok: true, value: parseForm(text.value) } : text
    })
    return this.asForm
  }

  multipart(): Decoded<Multipart> {
    this.asMultipart ??= this.unlessBroken(() => parseMultipart(this.bytes, this.contentType, decodedBody))
    return this.asMultipart
  }

  private unlessBroken<T>(decode: () => Decoded<T>): Decoded<T> {
    return this.problem === undefined ? decode() : { ok: false, problem: this.problem }
  }
}

const decodeText = (bytes: Uint8Array): Decoded<string> => {
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { ok: false, problem: 'the body is not valid UTF-8' }
  }
}
