/** HTTP services whose live calls are held against an OpenAPI file. Loaded, with ajv, only where a service enforces one. */
import { SpecFiles } from '../../contract/formats/openapi/document.ts'
import { LiveDescription } from '../../contract/formats/openapi/live.ts'
import { openDescription } from '../../contract/formats/openapi/operations.ts'
import type { DecodedBody } from '../../core/body.ts'
import type { Call } from '../../core/call.ts'
import type { LiveContract, SeenBody } from '../../core/contract.ts'
import type { NamedPath } from '../../core/definitions.ts'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import type { Problem } from '../../core/problem.ts'
import type { SourceLocation } from '../../core/source.ts'
import { decodedAs } from '../../protocols/http/body.ts'
import type { HttpCall } from '../../protocols/http/call.ts'
import { codingsOf, decompress } from '../../protocols/http/content-coding.ts'

export interface LoadedContract {
  /** undefined: the file cannot be used. */
  readonly held: LiveContract | undefined
  readonly problems: readonly Problem[]
  /** Absolute, missing ones too. */
  readonly files: readonly string[]
}

export interface LiveOptions {
  readonly root: string
  /** Bytes that a body may have once it is unpacked. */
  readonly limit: number
  /** A part of the contract turned out to be unusable. */
  readonly problem: (problem: Problem) => void
}

/** Never rejects. */
export const loadOpenapi = async (
  openapi: NamedPath & { readonly at: SourceLocation },
  options: LiveOptions,
): Promise<LoadedContract> => {
  const specs = new SpecFiles({ root: options.root })
  const description = await openDescription(openapi.path, specs, openapi.at)
  return {
    held: description && new OpenapiContract(new LiveDescription(description), specs, options),
    // What can be used is in force; the rest is told.
    problems:
      description === undefined
        ? specs.problems
        : specs.problems.map((problem) => ({ ...problem, severity: 'warning' })),
    files: [...new Set([openapi.path, ...specs.paths])],
  }
}

class OpenapiContract implements LiveContract {
  readonly #live: LiveDescription
  readonly #specs: SpecFiles
  readonly #options: LiveOptions
  #told: number

  constructor(live: LiveDescription, specs: SpecFiles, options: LiveOptions) {
    this.#live = live
    this.#specs = specs
    this.#options = options
    this.#told = specs.problemCount
  }

  readsCall(call: Call): boolean {
    return !call.body.empty && this.#live.readsRequest(call, firstValue(call.metadata, 'content-type') ?? '')
  }

  readsReply(
    call: Call,
    { status, metadata }: { readonly status: number; readonly metadata: Metadata },
  ): boolean {
    return (
      call.method !== 'HEAD' &&
      this.#live.readsReply(call, status, firstValue(metadata, 'content-type') ?? '')
    )
  }

  call(call: Call, { bytes }: SeenBody) {
    const { method, path, metadata, query, cookies } = call as HttpCall
    const body = bytes === undefined ? undefined : this.#decoded(bytes, metadata)
    const found = this.#live.request({ method, path, headers: metadata, query, cookies, body })
    this.#tell()
    return found
  }

  reply(
    call: Call,
    { status, metadata, bytes }: SeenBody & { readonly status: number; readonly metadata: Metadata },
  ) {
    const found = this.#live.reply(call, { status, headers: metadata, body: this.#plain(bytes, metadata) })
    this.#tell()
    return found
  }

  /** What cannot be unpacked is not looked into. */
  #decoded(bytes: Uint8Array, metadata: Metadata): DecodedBody | 'none' | undefined {
    if (bytes.length === 0) return 'none'
    const decoded = decodedAs(bytes, metadata, this.#options.limit)
    return decoded.problem === undefined ? decoded : undefined
  }

  #plain(bytes: Uint8Array | undefined, metadata: Metadata): Uint8Array | undefined {
    if (bytes === undefined || bytes.length === 0) return bytes
    const codings = codingsOf(metadata)
    if (codings === '') return bytes
    const plain = decompress(bytes, codings, this.#options.limit)
    return plain.ok ? plain.value : undefined
  }

  /** Schemas are read when they are first needed. */
  #tell(): void {
    if (this.#specs.problemCount === this.#told) return
    const fresh = this.#specs.problems.slice(this.#told)
    this.#told = this.#specs.problemCount
    for (const problem of fresh) this.#options.problem(problem)
  }
}
