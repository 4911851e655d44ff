/**
 * Whether a mock that was made would be in force: it is written, read and compiled as its file will be. A source may say things in words
 * that look like ours and are none (a JSON Path of another dialect, a Java expression), and only the compilers know.
 */
import type { Dialect } from '../../../core/dialect.ts'
import { compileFile } from '../../../mock/compile.ts'
import { MockFileReader } from '../../../mock/load/read-mock-file.ts'
import { writeYaml } from '../../../yaml/write.ts'
import { libraryTools } from '../../library-tools.ts'
import type { MadeMock } from '../generated-file.ts'
import { NotPossible } from './things.ts'

/** Throws NotPossible, with what `check` would say. */
export type Sound = (mock: MadeMock) => void

export const openSound = async (): Promise<Sound & { close(): void }> => {
  const tools = await libraryTools()
  const dialects = new Map<string, Dialect>([...tools.dialects].filter(([protocol]) => protocol === 'http'))
  const reader = new MockFileReader(dialects)
  const source = {
    path: '/made.yaml',
    display: 'made.yaml',
    library: '/',
    layer: 1,
    service: 'made',
    version: undefined,
  }
  const sound = (mock: MadeMock): void => {
    const file = reader.read(writeYaml({ service: 'made', mocks: [mock] }), source)
    if (file === undefined) return
    const scripts = tools.scripts?.forFile({
      path: file.path,
      display: file.display,
      library: file.library,
      root: '/',
      uses: () => {},
      locate: (path) => file.locate(path),
    })
    const compiled = compileFile(file, {
      ...tools,
      dialects,
      // Bodies lie beside the mocks when these are written.
      filesFor: () => ({ read: () => new Uint8Array() }),
      ...(scripts !== undefined && { scriptsFor: () => scripts }),
    })
    if (scripts !== undefined) tools.scripts?.forget(scripts)
    const [wrong] = [...file.problems, ...compiled.problems].filter(
      ({ severity, code }) => severity === 'error' && code !== 'SCRIPT_ENGINE_MISSING',
    )
    if (wrong !== undefined) throw new NotPossible(oneLine(wrong.message))
  }
  return Object.assign(sound, { close: () => tools.scripts?.close() })
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
