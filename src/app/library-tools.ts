/** The extension points that a library is compiled with, put together once per process. */
import type { Clock } from '../core/clock.ts'
import type { Masks } from '../desensitize/masks.ts'
import { createCompilers } from '../matchers/compilers.ts'
import { createPackageLoader } from '../mock/load/packages.ts'
import { createRegexTester } from '../mock/load/regex-guard.ts'
import { createRegexReplacer } from '../mock/load/regex-replace.ts'
import { protocols } from '../protocols/index.ts'
import { responders } from '../responders/index.ts'
import { type LibraryScriptOptions, LibraryScripts } from '../script/library-scripts.ts'
import type { ServiceDefinitions } from './definitions.ts'
import type { LibraryTools } from './mock-library.ts'

export const dialects: LibraryTools['dialects'] = new Map(
  protocols.flatMap(({ name, dialect }) => (dialect === undefined ? [] : [[name, dialect] as const])),
)

export const presetDialects: NonNullable<LibraryTools['presets']> = new Map(
  protocols.flatMap(({ name, preset }) => (preset === undefined ? [] : [[name, preset] as const])),
)

export interface LibrarySurroundings extends LibraryScriptOptions {
  /** What time it is, for matchers and scripts; absent: it passes. */
  readonly now?: () => number
  /** How the calls of services are read; absent: none has definitions. */
  readonly definitions?: ServiceDefinitions
  /** What replies wait by while they are sent; absent: the real clock. */
  readonly clock?: Clock | undefined
  /** With a key: calls with real values match what was recorded of them. */
  readonly masks?: Masks | undefined
}

export const libraryTools = async (surroundings: LibrarySurroundings = {}): Promise<LibraryTools> => ({
  definitionsOf: (service) => surroundings.definitions?.of(service),
  clock: surroundings.clock,
  dialects,
  presets: presetDialects,
  responders,
  scripts: new LibraryScripts(surroundings),
  compilers: createCompilers({
    regex: createRegexTester(),
    now: surroundings.now ?? (() => Date.now()),
    load: createPackageLoader(),
    ...(surroundings.masks !== undefined && { masks: surroundings.masks }),
  }),
  tools: { replacer: createRegexReplacer() },
})
