/** A number stands where text is meant, and YAML would read it as another text: `1.40` as `1.4`. */
import type { ErrorCode } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { LossyScalar, YamlDocument } from './document.ts'
import { resolvePlain } from './scalar.ts'
import { placeName } from './shape-words.ts'

export const lossyProblem = (
  { path, text }: LossyScalar,
  document: YamlDocument,
  code: ErrorCode,
): Problem => ({
  severity: 'error',
  code,
  ...document.locate(path),
  message: `${placeName(path)} is text, and YAML reads ${text} as ${String(resolvePlain(text))}`,
  hint: `quote it: '${text}'`,
})
