/** Answers of routes: status, headers, latency, and a body that is text, a file or a data bucket. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import { isInside } from '../../../mock/load/inside.ts'
import { isTemplate, type TemplateWords, templateText } from '../handlebars/to-expressions.ts'
import type { JsonNode } from '../source/json-node.ts'
import { duration, escapeTemplates, type ReplyBody, responseOf } from '../source/reply.ts'
import { NotPossible, type Thing } from '../source/things.ts'
import type { Answer } from '../source/turns.ts'
import type { Buckets } from './helpers.ts'

export class Answers {
  readonly #root: JsonNode
  /** The environment's. */
  readonly #path: string
  readonly #words: TemplateWords
  readonly #bucket: Buckets
  readonly #latency: number
  /** Whether any text of an answer is a template. */
  templated = false
  /** Files that answers send, by path relative to the mock file. */
  readonly bodies = new Map<string, Uint8Array>()

  constructor(
    root: JsonNode,
    path: string,
    known: { readonly words: TemplateWords; readonly bucket: Buckets },
  ) {
    this.#root = root
    this.#path = path
    this.#words = known.words
    this.#bucket = known.bucket
    this.#latency = root.get('latency').number() ?? 0
  }

  /** Throws NotPossible. */
  answer(response: JsonNode, thing: Thing): Answer {
    response.skip('label', 'crudKey')
    const callbacks = response.get('callbacks')
    if (callbacks.items().length > 0)
      thing.note('callbacks are not made: a mock answers, and calls nobody', callbacks)
    callbacks.skip()
    const live = response.get('disableTemplating').boolean() !== true
    const status = response.get('statusCode').number() ?? Number(response.get('statusCode').scalar() ?? 200)
    const headers = [...this.headers(this.#root.get('headers')), ...this.headers(response.get('headers'))]
    const latency = this.#latency + (response.get('latency').number() ?? 0)
    const made = this.#body(response, { live, headers, thing })
    return {
      ...(latency > 0 && { fault: { delay: duration(latency) } }),
      response: { ...made },
      ...(status !== 200 && { response: { status, ...made } }),
    }
  }

  /** The later of two headers of one name counts, but for cookies. */
  headers(node: JsonNode): readonly (readonly [string, string])[] {
    return node
      .items()
      .map((header) => [header.get('key').text() ?? '', header.get('value').scalar() ?? ''] as const)
      .filter(([key, value]) => key !== '' && value !== '')
      .map(([key, value]) => [key, isTemplate(value) ? this.#filled(value) : escapeTemplates(value)])
  }

  #body(
    response: JsonNode,
    {
      live,
      headers,
      thing,
    }: {
      readonly live: boolean
      readonly headers: readonly (readonly [string, string])[]
      readonly thing: Thing
    },
  ): Record<string, unknown> {
    const file = response.get('filePath').text() ?? ''
    const type = response.get('bodyType').text() ?? (file === '' ? 'INLINE' : 'FILE')
    const status = response.get('statusCode').number() ?? 200
    const text = response.get('body').text() ?? ''
    const make = (
      body: ReplyBody | undefined,
      more: readonly (readonly [string, string])[] = [],
    ): Record<string, unknown> => {
      const all = lastOfEach([...more, ...headers])
      // What Mockoon says of a body that nobody gave a type.
      const untyped = body !== undefined && !all.some(([name]) => name.toLowerCase() === 'content-type')
      const { status: _, ...rest } = responseOf(
        {
          status,
          headers: untyped ? [['Content-Type', 'text/html; charset=utf-8'], ...all] : all,
          body,
          liveHeaders: true,
        },
        { thing, node: response },
      )
      return rest
    }
    if (type === 'FILE' && file !== '') {
      response.skip('body', 'fallbackTo404', 'databucketID')
      return this.#fileBody(response, { file, live, make })
    }
    response.skip('sendFileAsBody', 'fallbackTo404', 'filePath')
    if (type === 'DATABUCKET') {
      response.skip('body')
      const id = response.get('databucketID')
      const bucket = this.#bucket(id.text() ?? '')
      if (bucket === undefined) throw new NotPossible('its data bucket is made anew for each call', id)
      const json = typeof bucket.value === 'string' ? bucket.value : JSON.stringify(bucket.value)
      return make({ kind: 'text', text: json })
    }
    response.skip('databucketID')
    if (text === '') return make(undefined)
    return make(
      live && isTemplate(text) ? { kind: 'template', text: this.#filled(text) } : { kind: 'text', text },
    )
  }

  /** Only files beside the environment: what it names elsewhere on this machine is nobody's to copy. */
  #fileBody(
    response: JsonNode,
    {
      file,
      live,
      make,
    }: {
      readonly file: string
      readonly live: boolean
      make(
        body: ReplyBody | undefined,
        more?: readonly (readonly [string, string])[],
      ): Record<string, unknown>
    },
  ): Record<string, unknown> {
    const node = response.get('filePath')
    if (isTemplate(file)) throw new NotPossible('the name of its file is a template', node)
    const folder = realpathSync(dirname(this.#path))
    const path = resolve(folder, file)
    if (!existsSync(path)) throw new NotPossible(`its file ${file} is not there`, node)
    if (!isInside(realpathSync(path), folder))
      throw new NotPossible(`its file ${file} does not lie beside the environment`, node)
    if (!statSync(path).isFile() || statSync(path).size > 10 * 1024 * 1024)
      throw new NotPossible(`${file} is no file of 10 MB at most`, node)
    const bytes = readFileSync(path)
    const attached = response.get('sendFileAsBody').boolean() !== true
    const more = attached
      ? [['Content-Disposition', `attachment; filename="${encodeURIComponent(basename(file))}"`] as const]
      : []
    const text = bytes.toString('utf8')
    if (live && templated.has(extname(file).toLowerCase()) && isTemplate(text)) {
      const type = typesOf[extname(file).toLowerCase()]
      return make({ kind: 'template', text: this.#filled(text) }, [
        ...more,
        ...(type === undefined ? [] : [['Content-Type', type] as const]),
      ])
    }
    const name = `mockoon-files/${basename(file).replaceAll(/[^\w.-]/g, '_')}`
    const known = this.bodies.get(name)
    if (known !== undefined && !Buffer.from(known).equals(bytes))
      throw new NotPossible(`another file is called ${basename(file)}`, node)
    this.bodies.set(name, bytes)
    return { ...make(undefined, more), bodyFile: `./${name}` }
  }

  #filled(text: string): string {
    this.templated = true
    return templateText(text, this.#words)
  }
}

const lastOfEach = (
  headers: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] =>
  headers.filter(
    ([name], i) =>
      name.toLowerCase() === 'set-cookie' ||
      !headers.slice(i + 1).some(([later]) => later.toLowerCase() === name.toLowerCase()),
  )

const typesOf: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.html': 'text/html',
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.js': 'application/javascript',
  '.txt': 'text/plain',
  '.xml': 'application/xml',
}

/** Types whose files hold templates, by their extension. */
const templated: ReadonlySet<string> = new Set([...Object.keys(typesOf), '.ts', '.xhtml', '.handlebars'])
