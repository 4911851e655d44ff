/** svc-mock.yaml with another `library:`, as text that is still to be written. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { readConfigFiles } from '../../config/config-files.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Config } from '../workspace.ts'
import { editLibrary, type LibraryEdit } from './edit-library.ts'

/** Throws CONFIG_INVALID where a person must write it, before anything else has happened. */
export const editedConfig = ({ file, root }: Config, edit: LibraryEdit): string => {
  const layer = readConfigFiles(file).layers.findLast(({ value }) => value.library !== undefined)
  const byHand = [
    ...edit.add.map((one) => `add '${one}'`),
    ...edit.remove.map((one) => `remove '${one}'`),
  ].join(', ')
  if (layer !== undefined && resolve(root, layer.name) !== file)
    throw new SvcMockError(
      'CONFIG_INVALID',
      `library stands in ${layer.name}, which is not changed by commands`,
      {
        hint: `${byHand} there, then say svc-mock install`,
        source: layer.locate(['library'], true).at,
      },
    )
  const edited = editLibrary(readFileSync(file, 'utf8'), file, edit)
  if (edited !== undefined) return edited
  throw new SvcMockError(
    'CONFIG_INVALID',
    'library is written in a way that cannot be changed without changing more',
    {
      hint: `${byHand} under library, then say svc-mock install`,
      ...(layer !== undefined && { source: layer.locate(['library'], true).at }),
    },
  )
}
