/** What a source may say behind its path: `imposters.json#4545`. */
import { existsSync } from 'node:fs'

export const unscoped = (source: string): { readonly path: string; readonly part: string | undefined } => {
  const at = source.lastIndexOf('#')
  if (at <= 0 || existsSync(source)) return { path: source, part: undefined }
  return { path: source.slice(0, at), part: source.slice(at + 1) }
}
