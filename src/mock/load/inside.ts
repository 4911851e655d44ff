/** Real paths: what a link points to counts, not where the link lies. */
import { realpathSync } from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'

/** undefined when nothing is there, or the link is broken or circular. */
export const realPath = (path: string): string | undefined => {
  try {
    return realpathSync.native(path)
  } catch {
    return undefined
  }
}

/** Both must be real paths. A folder is inside itself. */
export const isInside = (path: string, folder: string): boolean => {
  const steps = relative(folder, path)
  return steps === '' || (steps !== '..' && !steps.startsWith(`..${sep}`) && !isAbsolute(steps))
}
