/** Folders and files below a folder, as the library reads them: dot folders and node_modules are left out. */
import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Tree {
  readonly directories: readonly string[]
  readonly files: readonly string[]
}

const maxDirectories = 10_000

/** undefined when `folder` is no folder. What disappears meanwhile is left out. */
export const walkFolders = (folder: string): Tree | undefined => {
  if (!isFolder(folder)) return undefined
  const directories = [folder]
  const files: string[] = []
  for (let i = 0; i < directories.length && directories.length < maxDirectories; i++) {
    const directory = directories[i]!
    for (const entry of entriesOf(directory)) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
      if (entry.isDirectory()) directories.push(join(directory, entry.name))
      else files.push(join(directory, entry.name))
    }
  }
  return { directories, files }
}

/** `folder`, or the nearest one above that exists. */
export const nearestFolder = (folder: string): string | undefined => {
  for (let at = folder; ; at = dirname(at)) {
    if (isFolder(at)) return at
    if (dirname(at) === at) return undefined
  }
}

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

const entriesOf = (directory: string) => {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch {
    return []
  }
}
