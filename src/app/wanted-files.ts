/** Which mock files the paths of a command line mean. */
import { relative, resolve } from 'node:path'
import { SvcMockError } from '../core/errors.ts'

export interface WantedFiles {
  /** Absolute. */
  wants(file: string): boolean
}

const within = (file: string, folder: string): boolean => {
  const path = relative(folder, file)
  return path === '' || (!path.startsWith('..') && resolve(folder, path) === file)
}

/**
 * `paths`: files or folders, relative to the working directory; none: everything. `files`: those that there are,
 * absolute. Throws FLAG_INVALID for a path that holds none of them.
 */
export const wantedFiles = (paths: readonly string[], files: readonly string[]): WantedFiles => {
  const wanted = paths.map((path) => resolve(path))
  const none = wanted.find((path) => !files.some((file) => within(file, path)))
  if (none !== undefined) {
    throw new SvcMockError(
      'FLAG_INVALID',
      `${relative(process.cwd(), none) || '.'} holds no mock file of the library`,
      {
        hint: 'name a file or folder below one of the folders under library in svc-mock.yaml',
      },
    )
  }
  return { wants: (file) => wanted.length === 0 || wanted.some((path) => within(file, path)) }
}
