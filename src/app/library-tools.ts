/** The extension points that a library is compiled with, put together once per process. */
import { createCompilers } from '../matchers/compilers.ts'
import { createPackageLoader } from '../mock/load/packages.ts'
import { createRegexTester } from '../mock/load/regex-guard.ts'
import { createRegexReplacer } from '../mock/load/regex-replace.ts'
import { protocols } from '../protocols/index.ts'
import { responders } from '../responders/index.ts'
import { LibraryScripts } from '../script/library-scripts.ts'
import type { ServiceDefinitions } from './definitions.ts'
import type { LibraryTools } from './mock-library.ts'

export const dialects: LibraryTools['dialects'] = new Map(
  protocols.flatMap(({ name, dialect }) => (dialect === undefined ? [] : [[name, dialect] as const])),
)

export const libraryTools = async (
  seed?: number,
  definitions?: ServiceDefinitions,
): Promise<LibraryTools> => ({
  definitionsOf: (service) => definitions?.of(service),
  dialects,
  responders,
  scripts: new LibraryScripts({ seed }),
  compilers: createCompilers({
    regex: createRegexTester(),
    now: () => Date.now(),
    load: createPackageLoader(),
  }),
  tools: { replacer: createRegexReplacer() },
})
