/**
 * Fixture files on disk. A file appears whole or not at all, one that a person has edited is left alone, and what is
 * written was looked through once more for real values.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { BodyFile } from './body-fields.ts'
import { bodyNames, type FileMock, isUntouched, readFixture, renderFixture, signed } from './fixture-file.ts'
import type { RecordedOperation } from './fixture-set.ts'
import type { RecordedTopic } from './message-set.ts'

/** VCR's names. The unit is a file: one operation of one service, version and case. */
export const recordModes = ['once', 'new_episodes', 'all', 'none'] as const
export type RecordMode = (typeof recordModes)[number]

/** Why a file was not written. */
export type Kept = 'edited' | 'exists' | 'none' | 'real value' | 'undecided'

interface FileState {
  readonly kept: Kept | undefined
  /** Mocks of earlier runs that stay. */
  readonly mocks: readonly FileMock[]
  /** What those name. */
  readonly mockBodies: readonly BodyFile[]
  /** All that lie beside the file now. */
  readonly bodies: readonly BodyFile[]
  /** What this run wrote last. */
  readonly text: string | undefined
}

export interface StoreOptions {
  /** Absolute; made when the first file is. */
  readonly folder: string
  readonly mode: RecordMode
  /**
   * Only mocks that a file has already are written again, those for which it is true; all others in the file stay as
   * they are. `key`: see requestKey. Absent: `mode` decides.
   */
  readonly renews?: ((path: string, key: string) => boolean) | undefined
  /** Nothing for which it is true is written. */
  readonly namesReal: (text: string) => boolean
  /** Id of the key that fakes are made with; it stands in each file. */
  readonly keyId?: string | undefined
}

export class FixtureStore {
  private readonly options: StoreOptions
  private readonly states = new Map<string, FileState>()
  private temporary = 0

  constructor(options: StoreOptions) {
    this.options = options
  }

  /** Below the folder, with `/`: those that this run has written. */
  written(): readonly string[] {
    return [...this.states].filter(([, { text }]) => text !== undefined).map(([path]) => path)
  }

  kept(): ReadonlyMap<string, Kept> {
    return new Map([...this.states].flatMap(([path, { kept }]) => (kept === undefined ? [] : [[path, kept]])))
  }

  write(operation: RecordedOperation): void {
    const { path } = operation
    const state = this.current(path)
    if (state.kept !== undefined) {
      this.states.set(path, state)
      return
    }
    const { renews, keyId } = this.options
    const { unseen, mocks, mockBodies } =
      renews === undefined
        ? { ...state, unseen: withoutKnown(operation, state.mocks) }
        : renewed(operation, state, (key) => renews(path, key))
    const file = renderFixture(unseen, { mocks, bodies: mockBodies, keyId })
    if (file.text === state.text || unseen.mocks.size === 0) {
      this.states.set(path, state)
      return
    }
    if (this.options.namesReal(path)) {
      this.states.set(path, { ...state, kept: 'real value' })
      return
    }
    const folder = join(this.options.folder, dirname(path))
    mkdirSync(folder, { recursive: true })
    for (const body of file.bodies) this.replace(folder, body.name, body.bytes)
    this.replace(folder, basename(path), Buffer.from(file.text))
    this.removeBodies(folder, state.bodies, file.bodies)
    this.states.set(path, { ...state, text: file.text, bodies: file.bodies })
  }

  /** A topic is written as a whole: which of its messages were there before nobody can tell, so new_episodes is as once. */
  writeMessages(topic: RecordedTopic): void {
    const { path } = topic
    const state = this.currentMessages(path)
    if (state.kept !== undefined) {
      this.states.set(path, state)
      return
    }
    const text = signed(topic.text(), [], this.options.keyId)
    if (text === state.text) return
    if (this.options.namesReal(path) || this.options.namesReal(topic.topic)) {
      this.states.set(path, { ...state, kept: 'real value' })
      return
    }
    const folder = join(this.options.folder, dirname(path))
    mkdirSync(folder, { recursive: true })
    this.replace(folder, basename(path), Buffer.from(text))
    this.states.set(path, { ...state, text })
  }

  private currentMessages(path: string): FileState {
    const known = this.states.get(path)
    if (known !== undefined) return this.current(path)
    const { folder, mode } = this.options
    const text = readText(join(folder, path))
    const kept = (why: Kept | undefined): FileState => ({
      kept: why,
      mocks: [],
      mockBodies: [],
      bodies: [],
      text: undefined,
    })
    if (mode === 'none') return kept('none')
    if (text === undefined) return kept(undefined)
    if (!isUntouched(text)) return kept('edited')
    return kept(mode === 'all' ? undefined : 'exists')
  }

  /** Nothing is written to it, whatever is there. */
  leave(path: string, why: Kept): void {
    const state = this.current(path)
    this.states.set(path, { ...state, kept: state.kept ?? why })
  }

  /** Of files that this run wrote, those that are no operation's any more go. */
  retain(paths: ReadonlySet<string>): void {
    for (const [path, { text }] of this.states) {
      if (paths.has(path) || text === undefined) continue
      const { kept, bodies } = this.current(path)
      const folder = join(this.options.folder, dirname(path))
      if (kept === undefined) {
        rmSync(join(folder, basename(path)), { force: true })
        this.removeBodies(folder, bodies, [])
      }
      this.states.delete(path)
    }
  }

  /** What an earlier run that was killed has left. */
  clean(): void {
    for (const entry of entriesOf(this.options.folder)) {
      if (/^\.svc-mock-\d+-\d+\.tmp$/.test(basename(entry)))
        rmSync(join(this.options.folder, entry), { force: true })
    }
  }

  /** Looked up again before each write: somebody may edit a file while recording goes on. */
  private current(path: string): FileState {
    const state = this.states.get(path)
    if (state?.kept !== undefined) return state
    const text = readText(join(this.options.folder, path))
    if (state !== undefined)
      return text === undefined || text === state.text ? state : { ...state, kept: 'edited' }
    const fresh: FileState = { kept: undefined, mocks: [], mockBodies: [], bodies: [], text: undefined }
    const { mode } = this.options
    const onlyOld = this.options.renews !== undefined
    if (text === undefined) return mode === 'none' || onlyOld ? { ...fresh, kept: 'none' } : fresh
    const folder = join(this.options.folder, dirname(path))
    const read = readFixture(text, path, (name) => readBytes(join(folder, basename(name))))
    if (read.kind === 'edited') return { ...fresh, kept: 'edited' }
    if (onlyOld) return { ...fresh, mocks: read.mocks, mockBodies: read.bodies, bodies: read.bodies }
    if (mode === 'once' || mode === 'none') return { ...fresh, kept: mode === 'once' ? 'exists' : 'none' }
    if (mode === 'all') return { ...fresh, bodies: read.bodies }
    return { ...fresh, mocks: read.mocks, mockBodies: read.bodies, bodies: read.bodies }
  }

  private removeBodies(folder: string, before: readonly BodyFile[], now: readonly BodyFile[]): void {
    const names = new Set(now.map(({ name }) => name))
    for (const { name } of before) if (!names.has(name)) rmSync(join(folder, basename(name)), { force: true })
  }

  /** Readers see the old file or the new one, also when this process is killed between two lines. */
  private replace(folder: string, name: string, bytes: Uint8Array): void {
    const temporary = join(folder, `.svc-mock-${process.pid}-${++this.temporary}.tmp`)
    writeFileSync(temporary, bytes)
    try {
      renamePatiently(temporary, join(folder, name))
    } catch (error) {
      unlinkSync(temporary)
      throw error
    }
  }
}

/** Kept mocks and their bodies come first; of the operation only requests that they do not have. */
const withoutKnown = (operation: RecordedOperation, kept: readonly FileMock[]): RecordedOperation => {
  if (kept.length === 0) return operation
  const known = new Set(kept.map(({ key }) => key))
  return operation.with(new Map([...operation.mocks].filter(([key]) => !known.has(key))))
}

/** Of the operation what is to be renewed; of the file everything else. */
const renewed = (
  operation: RecordedOperation,
  state: FileState,
  wanted: (key: string) => boolean,
): Pick<FileState, 'mocks' | 'mockBodies'> & { readonly unseen: RecordedOperation } => {
  const known = new Set(state.mocks.map(({ key }) => key))
  const unseen = operation.with(
    new Map([...operation.mocks].filter(([key]) => known.has(key) && wanted(key))),
  )
  const mocks = state.mocks.filter(({ key }) => !unseen.mocks.has(key))
  const names = new Set(mocks.flatMap(({ value }) => bodyNames(value)))
  return { unseen, mocks, mockBodies: state.mockBodies.filter(({ name }) => names.has(name)) }
}

/** On Windows a file that an editor or a virus scanner has open cannot be replaced for a moment. */
const renamePatiently = (from: string, to: string): void => {
  for (let attempt = 0; ; attempt++) {
    try {
      renameSync(from, to)
      return
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (attempt === 20 || (code !== 'EPERM' && code !== 'EBUSY' && code !== 'EACCES')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
  }
}

const readBytes = (path: string): Uint8Array | undefined => {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const readText = (path: string): string | undefined => {
  const bytes = readBytes(path)
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
}

const entriesOf = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}
