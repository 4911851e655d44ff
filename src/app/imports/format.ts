/**
 * What a format to import is: a reader that makes mocks of a source and tells what became of each thing in it. Where mocks go and what
 * becomes of files that people have edited is no reader's affair: `import-from.ts` writes, by the same merge for all.
 */
import type { Config } from '../../config/config.ts'
import type { Problem } from '../../core/problem.ts'
import type { SourceLocation } from '../../core/source.ts'
import type { RecordWishes } from '../record/open-recorder.ts'
import type { RecordResult } from '../record/recorder-slot.ts'
import type { MadeMock } from './generated-file.ts'

/** `taken`: says the same. `changed`: made, and says something otherwise. `not possible`: no mock was made of it. */
export type Outcome = 'taken' | 'changed' | 'not possible'

export interface Note {
  /** What is said otherwise, or why it cannot be said. */
  readonly text: string
  /** undefined: where the thing itself stands. */
  readonly at?: SourceLocation | undefined
}

/** One thing of the source (a stub, a request, an operation), or of the library when mocks are exported. */
export interface Entry {
  readonly outcome: Outcome
  /** As the source calls it. */
  readonly name: string
  /** `file` is relative to the working directory. undefined: a source without places. */
  readonly at: SourceLocation | undefined
  /** Empty for `taken`. */
  readonly notes: readonly Note[]
}

export interface ImportContext {
  readonly config: Config
  /** Sources, and the files of places, are relative to it. */
  readonly cwd: string
  /** `--service`; undefined: what the source or svc-mock.yaml suggests. */
  readonly service: string | undefined
  /** `--version`; undefined: what the source says. */
  readonly version: string | undefined
  /** What made-up data is drawn by. */
  readonly seed: string
  readonly allowRemoteRefs: boolean
}

export interface ReadFile {
  /** Keys of the mock file beside `service`, `version` and `mocks`: `protocol`, `cors`, `head` … */
  readonly head?: Readonly<Record<string, unknown>>
  /** In the order in which they stand; names differ. */
  readonly mocks: readonly MadeMock[]
}

export interface ReadSource {
  readonly service: string
  /** undefined: mocks of no version. */
  readonly version: string | undefined
  /** Relative to the workspace, with `/`: what the files' first line calls their source; same source, same files. */
  readonly source: string
  /** By file name, as `wiremock.orders.yaml`, inside the folder of service and version. */
  readonly files: ReadonlyMap<string, ReadFile>
  /** Bytes for `bodyFile`, by path relative to the mock files, as `wiremock-files/order.json`. */
  readonly bodies?: ReadonlyMap<string, Uint8Array>
  /** One for each thing of the source. */
  readonly entries: readonly Entry[]
  /** Mistakes of the source; what does not depend on them was made. */
  readonly problems: readonly Problem[]
}

/** A format of mocks or contracts. `read` throws IMPORT_INVALID (or CONTRACT_INVALID) when nothing of the source can be read. */
export interface MockFormat {
  readonly kind: 'mocks'
  readonly name: string
  /** For the help: what it makes mocks of. */
  readonly summary: string
  /** What one thing is called: `stub`, `operation`. */
  readonly thing: string
  read(source: string, context: ImportContext): ReadSource | Promise<ReadSource>
}

/** Calls that were recorded elsewhere, or are made once: they become fixtures by the way of all recorded calls, desensitized. */
export interface ExchangeFormat {
  readonly kind: 'exchanges'
  readonly name: string
  readonly summary: string
  record(
    source: string,
    config: Config,
    wishes: RecordWishes & { readonly service: string | undefined },
    notice: (text: string) => void,
  ): Promise<RecordedSource>
}

export interface RecordedSource extends RecordResult {
  /** One for each call of a file; absent where there is no file. */
  readonly entries?: readonly Entry[]
  /** What the real service answered, where it was asked. */
  readonly status?: number
}

export type ImportFormat = MockFormat | ExchangeFormat
