/** gRPC-Web's text form: base64 in pieces, each of which may end with padding of its own. Resumable at every byte. */
import { concat } from './wire.ts'

export class Base64Reader {
  private rest = ''

  /** The bytes that are whole by now. Throws Error for what is no base64. */
  push(chunk: Uint8Array): Uint8Array {
    const text =
      this.rest +
      Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1').replace(/\s+/g, '')
    if (/[^A-Za-z\d+/=]/.test(text)) throw new Error('it is no base64')
    const whole = text.length - (text.length % 4)
    this.rest = text.slice(whole)
    const parts: Uint8Array[] = []
    for (const [part] of text.slice(0, whole).matchAll(/[^=]+={0,2}/g))
      parts.push(Buffer.from(part, 'base64'))
    return parts.length === 1 ? parts[0]! : concat(parts)
  }
}
