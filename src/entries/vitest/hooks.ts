/** Mocks for each test: by hooks for a file or a whole project, or as a fixture of test.extend. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { Mocks, OpenOptions } from '../../app/in-process/public.ts'
import { openWorkspace } from '../node/index.ts'
import { unmatchedText } from './text.ts'
import './types.ts'

export interface UseOptions extends OpenOptions {
  /** What becomes of a test that left calls which nothing could answer. Default `fail`. */
  readonly unmatched?: 'fail' | 'ignore'
}

/**
 * Opens a workspace, intercepts, and begins anew with each test, which gets the mocks as `mocks` of its context. A test that left unmatched calls
 * fails. To be awaited at the top of a set-up file or a test file. `folder`: default the current one.
 */
export const useMocks = async (folder?: string, options: UseOptions = {}): Promise<Mocks> => {
  const mocks = await opened(folder, options)
  beforeEach((context) => {
    mocks.reset()
    context.mocks = mocks
  })
  afterEach(() => {
    if (options.unmatched !== 'ignore') failIfUnmatched(mocks)
  })
  afterAll(() => mocks.close())
  return mocks
}

type Fixture = [
  // biome-ignore lint/complexity/noBannedTypes: vitest's own
  (context: {}, use: (mocks: Mocks) => Promise<void>) => Promise<void>,
  { readonly auto: true },
]

/** For `test.extend({ mocks: mocksFixture() })`, at the top of a file: opened once for it, and begun anew with each test. */
export const mocksFixture = (folder?: string, options: UseOptions = {}): Fixture => {
  let opening: Promise<Mocks> | undefined
  const open = (): Promise<Mocks> => {
    opening ??= opened(folder, options)
    return opening
  }
  beforeAll(async () => {
    await open()
  })
  afterAll(async () => {
    const mocks = await opening
    opening = undefined
    await mocks?.close()
  })
  return [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern
    async ({}, use) => {
      const mocks = await open()
      mocks.reset()
      await use(mocks)
      if (options.unmatched !== 'ignore') failIfUnmatched(mocks)
    },
    { auto: true },
  ]
}

const opened = async (
  folder = process.cwd(),
  { unmatched = 'fail', ...options }: UseOptions,
): Promise<Mocks> => {
  // What fails the test is told there.
  const mocks = await openWorkspace(folder, {
    onUnhandled: unmatched === 'fail' ? 'ignore' : 'print',
    ...options,
  })
  return mocks.intercept()
}

const failIfUnmatched = (mocks: Mocks): void => {
  const { unmatched } = mocks.calls()
  if (unmatched.times > 0) throw new Error(unmatchedText(unmatched))
}
