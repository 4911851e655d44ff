/** A curl command line as browsers and people write it: what is sent where. Nothing of it is run by a shell. */
import { readFileSync } from 'node:fs'
import { SvcMockError } from '../../../core/errors.ts'

export interface CurlCall {
  readonly method: string
  readonly url: URL
  /** Name, value, name, value … */
  readonly headers: readonly string[]
  readonly body: Uint8Array | undefined
}

/** Options without a value that change nothing about what is sent. */
const harmless = new Set(
  '-s --silent -S --show-error -v --verbose -i --include -L --location -k --insecure --compressed -f --fail -g --globoff -N --no-buffer --http1.1 --http2 -#'.split(
    ' ',
  ),
)
/** Options with a value that change nothing either. */
const ignored = new Set(
  '-o --output -w --write-out -m --max-time --connect-timeout --retry -x --proxy --noproxy --cacert'.split(
    ' ',
  ),
)
const data = new Set([
  '-d',
  '--data',
  '--data-raw',
  '--data-binary',
  '--data-ascii',
  '--data-urlencode',
  '--json',
])

const wrong = (message: string, hint?: string): SvcMockError =>
  new SvcMockError('IMPORT_INVALID', message, hint === undefined ? {} : { hint })

/** Throws IMPORT_INVALID. */
export const parseCurl = (line: string): CurlCall => {
  const words = splitWords(line)
  if (words[0] === 'curl') words.shift()
  const reader = new OptionReader(words)
  reader.read()
  return reader.call()
}

class OptionReader {
  private readonly words: string[]
  private method: string | undefined
  private url: string | undefined
  private readonly headers: string[] = []
  private readonly parts: Uint8Array[] = []
  private asQuery = false

  constructor(words: readonly string[]) {
    this.words = words.flatMap(splitOption)
  }

  read(): void {
    for (let word = this.words.shift(); word !== undefined; word = this.words.shift()) {
      if (!word.startsWith('-') || word === '-') this.setUrl(word)
      else if (data.has(word)) this.addData(word, this.value(word))
      else if (!harmless.has(word)) this.option(word)
    }
  }

  private option(name: string): void {
    if (name === '-G' || name === '--get') this.asQuery = true
    else if (name === '-I' || name === '--head') this.method = 'HEAD'
    else if (ignored.has(name)) this.value(name)
    else if (name === '-X' || name === '--request') this.method = this.value(name)
    else if (name === '--url') this.setUrl(this.value(name))
    else if (name === '-H' || name === '--header') this.addHeader(this.value(name))
    else if (name === '-A' || name === '--user-agent') this.headers.push('user-agent', this.value(name))
    else if (name === '-e' || name === '--referer') this.headers.push('referer', this.value(name))
    else if (name === '-b' || name === '--cookie') this.headers.push('cookie', this.value(name))
    else if (name === '-u' || name === '--user')
      this.headers.push('authorization', `Basic ${Buffer.from(this.value(name)).toString('base64')}`)
    else
      throw wrong(
        `curl's option ${name} cannot be imported`,
        'remove it, or record the call: svc-mock record',
      )
  }

  private value(name: string): string {
    const value = this.words.shift()
    if (value === undefined) throw wrong(`curl's option ${name} needs a value`)
    return value
  }

  private setUrl(text: string): void {
    if (this.url !== undefined)
      throw wrong('the command line names two addresses', 'import one call at a time')
    this.url = text
  }

  private addHeader(text: string): void {
    const colon = text.indexOf(':')
    if (colon > 0) this.headers.push(text.slice(0, colon).trim(), text.slice(colon + 1).trim())
  }

  private addData(option: string, text: string): void {
    const file = option !== '--data-raw' && option !== '--data-urlencode' && text.startsWith('@')
    const bytes = file
      ? readData(text.slice(1))
      : Buffer.from(option === '--data-urlencode' ? urlEncoded(text) : text)
    // curl takes line breaks out of files, but for --data-binary and --json.
    const kept =
      file && option !== '--data-binary' && option !== '--json'
        ? bytes.filter((byte) => byte !== 10 && byte !== 13)
        : bytes
    this.parts.push(...(this.parts.length === 0 ? [] : [Buffer.from('&')]), kept)
    if (option === '--json')
      this.headers.push('content-type', 'application/json', 'accept', 'application/json')
  }

  call(): CurlCall {
    if (this.url === undefined) throw wrong('the command line names no address')
    const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(this.url) ? this.url : `http://${this.url}`
    if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
      throw wrong('the address is no http:// or https:// address')
    const url = new URL(text)
    const sent = this.parts.length === 0 ? undefined : Buffer.concat(this.parts)
    if (this.asQuery && sent !== undefined) url.search += `${url.search === '' ? '?' : '&'}${sent.toString()}`
    const body = this.asQuery ? undefined : sent
    const typed = this.headers.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'content-type')
    return {
      method: this.method ?? (body === undefined ? 'GET' : 'POST'),
      url,
      headers:
        body === undefined || typed
          ? this.headers
          : [...this.headers, 'content-type', 'application/x-www-form-urlencoded'],
      body,
    }
  }
}

const readData = (file: string): Uint8Array => {
  try {
    return readFileSync(file)
  } catch (error) {
    throw wrong(`the data file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

/** `name=value` encodes the value only (curl(1), --data-urlencode). */
const urlEncoded = (text: string): string => {
  const equals = text.indexOf('=')
  return equals < 0
    ? encodeURIComponent(text)
    : `${text.slice(0, equals)}${equals === 0 ? '' : '='}${encodeURIComponent(text.slice(equals + 1))}`
}

/** `-XPOST` is `-X POST`, `--request=POST` is `--request POST`. */
const splitOption = (word: string): string[] => {
  const long = /^(--[a-z][\w-]*)=(.*)$/s.exec(word)
  if (long !== null) return [long[1]!, long[2]!]
  return /^-[XHdubAeo].+/s.test(word) && !word.startsWith('--') ? [word.slice(0, 2), word.slice(2)] : [word]
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  "'": "'",
  '"': '"',
  '\\': '\\',
}

/** As a POSIX shell splits them, with `$'…'` of bash; a backslash at the end of a line goes on. */
const splitWords = (line: string): string[] => {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; ) {
    const char = line[at]!
    if (char === "'" || line.startsWith("$'", at)) {
      const ansi = char === '$'
      const [text, end] = quotedText(line, at + (ansi ? 2 : 1), "'", ansi)
      word =
        (word ?? '') +
        (ansi ? text.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/gs, unescaped) : text)
      at = end
    } else if (char === '"') {
      const [text, end] = quotedText(line, at + 1, '"', true)
      word = (word ?? '') + text.replace(/\\([$`"\\])/g, '$1').replaceAll('\\\n', '')
      at = end
    } else if (char === '\\') {
      if (line[at + 1] !== '\n' && !line.startsWith('\\\r\n', at)) word = (word ?? '') + (line[at + 1] ?? '')
      at += line.startsWith('\\\r\n', at) ? 3 : 2
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
      at++
    } else {
      word = (word ?? '') + char
      at++
    }
  }
  return word === undefined ? words : [...words, word]
}

const unescaped = (_all: string, unicode?: string, hex?: string, plain?: string): string =>
  plain === undefined
    ? String.fromCharCode(Number.parseInt(unicode ?? hex!, 16))
    : (escapes[plain] ?? `\\${plain}`)

/** The text up to the closing quote, and where it goes on behind it. */
const quotedText = (line: string, from: number, quote: string, escaped: boolean): [string, number] => {
  for (let at = from; at < line.length; at++) {
    if (escaped && line[at] === '\\') at++
    else if (line[at] === quote) return [line.slice(from, at), at + 1]
  }
  throw wrong('a quote in the command line is not closed')
}
