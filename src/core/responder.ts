/** Responders: how a mock answers. "Spec in, function out"; the list in responders/index.ts is asked in order. */
import type { Call } from './call.ts'
import type { MockDialect, ResponseFiles } from './dialect.ts'
import type { Service } from './filter.ts'
import type { Reply } from './reply.ts'
import type { ScriptCompiler, SpecPath } from './script.ts'
import type { RequestSource } from './script-request.ts'
import type { CounterKey } from './tenant-state.ts'

/** Answers a call; `next` asks the real service. */
export type Respond = (call: Call, next: Service) => Reply | Promise<Reply>

/** The keys of a mock that say how it answers. */
export interface ResponseKeys {
  readonly response: unknown
  readonly upstream: unknown
  readonly responses: unknown
  readonly script: unknown
}

/** What responders need from outside; keeps them free of node: imports. */
export interface ResponderTools {
  /**
   * Replaces all that an expression finds, bounded in time: it throws RegexTimeout when the bound is passed, and
   * gives undefined when nothing was found. `$1`, `$<name>` in the replacement. Throws SpecError.
   */
  replacer(source: string, replacement: string): (text: string) => string | undefined
}

/** What a sequence does behind its end. */
export const repeats = ['last', 'cycle', 'fail'] as const
export type Repeat = (typeof repeats)[number]

export interface ResponderContext {
  readonly dialect: MockDialect
  readonly files: ResponseFiles
  readonly tools: ResponderTools
  readonly mock: {
    readonly name: string
    /** `file:line`. */
    readonly where: string
    /** Under which the mock's position in a sequence is kept. */
    readonly counter: CounterKey
    readonly repeat: Repeat | undefined
  }
  /** Absent where there is no script engine. */
  readonly scripts: ScriptCompiler | undefined
  /** Where the mock stands in its file. */
  readonly path: SpecPath
  /** How calls become a script's `request`. */
  readonly request: RequestSource
}

export interface CompiledResponder {
  readonly respond: Respond
  /** The reply itself, if it is the same for every call: spares the hot path every detour. */
  readonly constant?: Reply
  /** True when the reply comes from the real service, changed or not. */
  readonly asksUpstream: boolean
  /** The call goes to the real service, and its reply comes back, as if there were no mock. */
  readonly untouched?: true
  /** For lists and curl lines; undefined when only a call will tell. */
  readonly status: number | undefined
  /** For lists, completes "this mock …": `asks the real service, changes status`. undefined: it answers by itself. */
  readonly does?: string
  /** What is special about it, for `list` and `explain`. */
  readonly notes?: readonly string[]
}

export interface Responder {
  readonly name: string
  /** The key of a mock file it stands for; a SpecError's path is relative to its value. undefined: none is given. */
  readonly key: keyof ResponseKeys | undefined
  /** Throws SpecError. */
  compile(spec: unknown, context: ResponderContext): CompiledResponder
}
