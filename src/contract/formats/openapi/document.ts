/**
 * The files of one OpenAPI description: read once, with the places of everything in them. References are followed between
 * them; what a reference may not reach, or does not find, is a problem with its place and nothing else is stopped by it.
 */

import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { isFields } from '../../../core/fields.ts'
import type { Problem } from '../../../core/problem.ts'
import type { SourceLocation } from '../../../core/source.ts'
import { parseDocument, type YamlDocument } from '../../../yaml/document.ts'

export type Pointer = readonly (string | number)[]

/** A value of a description, and where it stands. */
export interface SpecNode {
  readonly file: SpecFile
  readonly pointer: Pointer
  readonly value: unknown
}

export const maxSpecBytes = 32 * 1024 * 1024
const maxRefs = 100

export interface SpecFile {
  /** Absolute path, or URL. */
  readonly id: string
  /** As shown to people: relative to the workspace, with `/`. */
  readonly display: string
  readonly value: unknown
  locate(pointer: Pointer, onKey?: boolean): SourceLocation
}

export interface SpecFilesOptions {
  /** Absolute: display names are relative to it, and what lies in it may be referred to. */
  readonly root: string
  /** Fetches the text of a remote reference; absent: they are refused. Rejects with why it cannot be had. */
  readonly fetch?: ((url: string) => Promise<string>) | undefined
}

export class SpecFiles {
  readonly #options: SpecFilesOptions
  readonly #files = new Map<string, SpecFile | undefined>()
  readonly #problems = new Map<string, Problem>()
  #folders: readonly string[] = []

  constructor(options: SpecFilesOptions) {
    this.#options = options
  }

  /** Each place once. */
  get problems(): readonly Problem[] {
    return [...this.#problems.values()]
  }

  get problemCount(): number {
    return this.#problems.size
  }

  /** Absolute paths of all that was read or looked for on this machine. */
  get paths(): readonly string[] {
    return [...this.#files.keys()].filter((id) => !isUrl(id))
  }

  /** The file and all that it refers to. undefined: it cannot be used, and the problems say why. */
  async open(path: string, at?: SourceLocation): Promise<SpecFile | undefined> {
    const id = resolve(path)
    this.#folders = [this.#options.root, dirname(id)].map(realFolder)
    const file = this.#read(id, at)
    if (file !== undefined) await this.#follow(file)
    return file
  }

  /** Where a node's `$ref` leads, or the node itself; undefined: nowhere, and a problem says so. */
  resolve(node: SpecNode): SpecNode | undefined {
    let at: SpecNode = node
    for (let i = 0; i < maxRefs; i++) {
      const ref = refOf(at.value)
      if (ref === undefined) return at
      const target = this.#target(at, ref)
      if (target === undefined) return undefined
      at = target
    }
    this.report(node, ['$ref'], 'this reference leads back to itself', 'let one of them be a value')
    return undefined
  }

  /** A problem at a place below a node; the same place is told once. */
  report(
    node: SpecNode,
    below: Pointer,
    message: string,
    hint: string,
    severity: Problem['severity'] = 'error',
  ) {
    const at = node.file.locate([...node.pointer, ...below])
    const key = `${at.file}:${at.line}:${at.column}`
    if (!this.#problems.has(key))
      this.#problems.set(key, { severity, code: 'CONTRACT_INVALID', at, message, hint })
  }

  #target(node: SpecNode, ref: string): SpecNode | undefined {
    const [base = '', fragment = ''] = splitRef(ref)
    const file = base === '' ? node.file : this.#files.get(idOf(base, node.file.id))
    // Why the file is not there was told when it was looked for.
    if (file === undefined) return undefined
    const found =
      fragment.startsWith('/') || fragment === '' ? byPointer(file, fragment) : byAnchor(file, fragment)
    if (found === undefined)
      this.report(node, ['$ref'], `${ref} does not exist`, `look for it in ${file.display}`)
    return found
  }

  #read(id: string, at: SourceLocation | undefined): SpecFile | undefined {
    if (this.#files.has(id)) return this.#files.get(id)
    const display = displayOf(id, this.#options.root)
    const text = readText(id, display)
    const file = typeof text === 'string' ? this.#parse(id, display, text) : undefined
    if (typeof text !== 'string') {
      const place = at ?? { file: display, line: 1, column: 1 }
      this.#problems.set(`${place.file}:${place.line}:${place.column}`, {
        severity: 'error',
        code: 'CONTRACT_INVALID',
        at: place,
        ...text,
      })
    }
    this.#files.set(id, file)
    return file
  }

  #parse(id: string, display: string, text: string): SpecFile | undefined {
    const document = new LazyDocument(text, display)
    const { value, problems } = document.read()
    for (const problem of problems)
      this.#problems.set(`${problem.at.file}:${problem.at.line}:${problem.at.column}`, problem)
    if (problems.length > 0) return undefined
    return { id, display, value, locate: (pointer, onKey) => document.locate(pointer, onKey) }
  }

  /** Brings all files that are referred to, so that following a reference never waits. */
  async #follow(root: SpecFile): Promise<void> {
    const queue = [root]
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      for (const { ref, pointer } of externalRefs(file)) {
        const id = idOf(splitRef(ref)[0]!, file.id)
        if (this.#files.has(id)) continue
        const node = { file, pointer, value: undefined }
        const found = isUrl(id) ? await this.#fetch(id, node, ref) : this.#local(id, node, ref)
        if (found !== undefined) queue.push(found)
      }
    }
  }

  #local(id: string, node: SpecNode, ref: string): SpecFile | undefined {
    const real = realPath(id)
    if (real !== undefined && !this.#folders.some((folder) => real.startsWith(folder + sep))) {
      this.#files.set(id, undefined)
      this.report(
        node,
        ['$ref'],
        `${ref} leads out of the workspace`,
        'copy the file beside the one that names it',
      )
      return undefined
    }
    return this.#read(id, node.file.locate([...node.pointer, '$ref']))
  }

  async #fetch(id: string, node: SpecNode, ref: string): Promise<SpecFile | undefined> {
    this.#files.set(id, undefined)
    const { fetch } = this.#options
    if (fetch === undefined) {
      this.report(
        node,
        ['$ref'],
        `${ref} lies on another machine, and remote references are refused`,
        'copy the file beside this one, or say --allow-remote-refs',
      )
      return undefined
    }
    try {
      const file = this.#parse(id, id, await fetch(id))
      this.#files.set(id, file)
      return file
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.report(node, ['$ref'], `${ref} cannot be fetched: ${why}`, 'copy the file beside this one')
      return undefined
    }
  }
}

/** JSON is read by JSON.parse, which is faster by far; places are worked out when somebody asks for one. */
class LazyDocument {
  readonly #text: string
  readonly #display: string
  #document: YamlDocument | undefined

  constructor(text: string, display: string) {
    this.#text = text
    this.#display = display
  }

  read(): { readonly value: unknown; readonly problems: readonly Problem[] } {
    if (/^\s*\{/.test(this.#text)) {
      try {
        return { value: JSON.parse(this.#text), problems: [] }
      } catch {
        // Then it may be YAML in braces, or the reader below knows better words.
      }
    }
    const { value, problems } = this.#parsed()
    return { value, problems }
  }

  locate(pointer: Pointer, onKey = false): SourceLocation {
    return this.#parsed().locate(pointer, onKey).at
  }

  #parsed(): YamlDocument {
    this.#document ??= parseDocument(this.#text, this.#display, 'CONTRACT_INVALID')
    return this.#document
  }
}

export const refOf = (value: unknown): string | undefined => {
  if (!isFields(value) || !Object.hasOwn(value, '$ref')) return undefined
  const ref = value['$ref']
  return typeof ref === 'string' ? ref : undefined
}

/** A member of a node; undefined: it is not there. */
export const child = (node: SpecNode, ...steps: Pointer): SpecNode | undefined => {
  let value = node.value
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[step]
  }
  return { file: node.file, pointer: [...node.pointer, ...steps], value }
}

/** The members of an object, or nothing. */
export const children = (node: SpecNode | undefined): readonly (readonly [string, SpecNode])[] =>
  node === undefined || !isFields(node.value)
    ? []
    : Object.entries(node.value).map(([key, value]) => [
        key,
        { file: node.file, pointer: [...node.pointer, key], value },
      ])

/** The items of a list, or nothing. */
export const items = (node: SpecNode | undefined): readonly SpecNode[] =>
  node === undefined || !Array.isArray(node.value)
    ? []
    : node.value.map((value, i) => ({ file: node.file, pointer: [...node.pointer, i], value }))

export const placeOf = (node: SpecNode): SourceLocation => node.file.locate(node.pointer)

const splitRef = (ref: string): readonly [string, string] => {
  const hash = ref.indexOf('#')
  return hash === -1 ? [ref, ''] : [ref.slice(0, hash), ref.slice(hash + 1)]
}

const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(text)

const idOf = (ref: string, from: string): string => {
  if (isUrl(ref)) return ref
  if (isUrl(from)) return new URL(ref, from).href
  return resolve(dirname(from), decoded(ref))
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const byPointer = (file: SpecFile, fragment: string): SpecNode | undefined => {
  const root = { file, pointer: [], value: file.value }
  if (fragment === '') return root
  const steps = fragment
    .slice(1)
    .split('/')
    .map((step) => decoded(step).replaceAll('~1', '/').replaceAll('~0', '~'))
  return child(root, ...steps)
}

const byAnchor = (file: SpecFile, name: string): SpecNode | undefined => {
  for (const node of walk({ file, pointer: [], value: file.value })) {
    if (isFields(node.value) && (node.value['$anchor'] === name || node.value['$dynamicAnchor'] === name))
      return node
  }
  return undefined
}

function* walk(node: SpecNode): Generator<SpecNode> {
  const stack = [node]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    yield at
    for (const item of items(at)) stack.push(item)
    for (const [, inner] of children(at)) stack.push(inner)
  }
}

const externalRefs = (file: SpecFile): readonly { readonly ref: string; readonly pointer: Pointer }[] => {
  const found = new Map<string, Pointer>()
  for (const { value, pointer } of walk({ file, pointer: [], value: file.value })) {
    const ref = refOf(value)
    if (ref === undefined || ref.startsWith('#')) continue
    // What examples hold is data.
    if (pointer.includes('example') || pointer.includes('examples') || pointer.at(-1) === 'value') continue
    if (!found.has(splitRef(ref)[0])) found.set(splitRef(ref)[0], pointer)
  }
  return [...found].map(([ref, pointer]) => ({ ref, pointer }))
}

const readText = (
  path: string,
  display: string,
): string | { readonly message: string; readonly hint: string } => {
  try {
    const { size } = statSync(path)
    if (size > maxSpecBytes)
      return {
        message: `${display} has ${size.toLocaleString('en')} bytes, more than 32 MB`,
        hint: 'split it into several files',
      }
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { message: `${display} does not exist`, hint: 'correct the path' }
    return { message: `${display} cannot be read: ${code}`, hint: 'name a file that you may read' }
  }
}

const realPath = (path: string): string | undefined => {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

const realFolder = (path: string): string => realPath(path) ?? path

const displayOf = (path: string, root: string): string => {
  const shown = relative(root, path)
  return (shown.startsWith('..') ? path : shown).split(sep).join('/')
}
