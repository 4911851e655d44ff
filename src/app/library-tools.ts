/** The extension points that a library is compiled with, put together once per process. */
import { createCompilers } from '../matchers/compilers.ts'
import { createPackageLoader } from '../mock/load/packages.ts'
import { createRegexTester } from '../mock/load/regex-guard.ts'
import { createRegexReplacer } from '../mock/load/regex-replace.ts'
import { protocols } from '../protocols/index.ts'
import { responders } from '../responders/index.ts'
import type { LibraryTools } from './mock-library.ts'

export const dialects: LibraryTools['dialects'] = new Map(
  protocols.flatMap(({ name, dialect }) => (dialect === undefined ? [] : [[name, dialect] as const])),
)

/** `now`: what `$before: now` and the like mean by it. */
export const libraryTools = async (now: () => number = () => Date.now()): Promise<LibraryTools> => ({
  dialects,
  responders,
  compilers: createCompilers({
    regex: createRegexTester(),
    now,
    load: createPackageLoader(),
  }),
  tools: { replacer: createRegexReplacer() },
})
