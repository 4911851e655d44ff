/** Which folders hold mock files, in the order in which they win. */
import { statSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { isAddress } from '../registry/address.ts'
import type { LibraryFolder } from './config.ts'
import type { Report } from './report.ts'

const defaults: readonly string[] = ['./mocks', './fixtures']
const personal = 'mocks.local'

/**
 * Relative to the file that lists them. Folders that do not exist yet are kept: they may appear while running. Addresses of
 * packages are left out.
 */
export const libraryFolders = (
  listed: readonly string[] | undefined,
  root: string,
  report: Report,
): readonly LibraryFolder[] => {
  const base = listed === undefined ? root : report.layerOf(['library']).folder
  const folders = new Map<string, LibraryFolder>()
  const add = (folder: string, layer: number): void => {
    const display = relative(root, folder).split(sep).join('/')
    if (!folders.has(folder)) folders.set(folder, { folder, display: display === '' ? '.' : display, layer })
  }
  let layer = 0
  add(resolve(root, personal), layer)
  ;(listed ?? defaults).forEach((entry, i) => {
    if (isAddress(entry)) return
    const folder = resolve(base, entry)
    if (listed !== undefined) checkFolder(folder, entry, i, report)
    add(folder, ++layer)
  })
  return [...folders.values()]
}

const checkFolder = (folder: string, entry: string, i: number, report: Report): void => {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found === undefined) {
    report.add(['library', i], {
      severity: 'warning',
      message: `the folder ${entry} does not exist`,
      hint: 'create it, or correct the path; it is relative to this file',
    })
  } else if (!found.isDirectory()) {
    report.add(['library', i], {
      message: `${entry} is no folder`,
      hint: 'name the folder that holds the mock files',
    })
  }
}
