/** A read file's `preset:` becomes entries, or problems that point at the place. */
import type { ResponseFiles } from '../core/dialect.ts'
import { SpecError } from '../core/matcher.ts'
import { mistakesIn } from '../core/mistakes.ts'
import type { Preset, PresetDialect } from '../core/preset.ts'
import type { Problem } from '../core/problem.ts'
import type { MockFile } from './definition.ts'

export interface CompiledPresets {
  readonly presets: readonly Preset[]
  readonly problems: readonly Problem[]
}

const none: CompiledPresets = { presets: [], problems: [] }

export const compilePresets = (
  file: MockFile,
  dialects: ReadonlyMap<string, PresetDialect>,
  files: ResponseFiles,
): CompiledPresets => {
  const dialect = dialects.get(file.protocol)
  if (file.preset === undefined || dialect === undefined) return none
  try {
    const entries = dialect.compile(file.preset, files)
    const presets = entries.map((entry) => ({
      ...entry,
      tenants: entry.tenants ?? file.tenants,
      file: file.display,
    }))
    return { presets, problems: [] }
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    const problems = mistakesIn(error).map(
      ({ code, path, onKey, message, hint }): Problem => ({
        severity: 'error',
        code: code ?? 'MOCK_FILE_INVALID',
        ...file.locate(['preset', ...path], onKey),
        message,
        ...(hint !== undefined && { hint }),
      }),
    )
    return { presets: [], problems }
  }
}
