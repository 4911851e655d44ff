/** Whether the expressions of a response are evaluated one after the other, each waited for; by their text. */
import type { Expression } from '../core/script.ts'

export const expressionsWait = (sources: readonly Expression[]): boolean =>
  sources.some(({ source }) => /\bawait\b|\bstate\b|\bsleep\b|\bforward\b/.test(source))
