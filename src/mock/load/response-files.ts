/**
 * Files that mocks name (`bodyFile`). They lie inside the library by real path, checked on every read, so that a
 * link put there later leads nowhere either.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import type { ResponseFiles } from '../../core/dialect.ts'
import { SpecError } from '../../core/matcher.ts'
import type { MockFile } from '../definition.ts'
import { isInside, realPath } from './inside.ts'

export const maxResponseFileBytes = 10 * 1024 * 1024

/** The files that one mock file may name, relative to itself. `uses` is told the absolute path of each that is asked for, missing ones too. */
export const responseFiles = (
  file: Pick<MockFile, 'path' | 'library' | 'derived'>,
  uses: (file: string) => void,
  maxBytes = maxResponseFileBytes,
): ResponseFiles => {
  return {
    read: (relativePath) => {
      if (isAbsolute(relativePath) || /^[A-Za-z]:|^\\/.test(relativePath)) {
        throw new SpecError(`${relativePath} is an absolute path`, [], 'name the file relative to this one')
      }
      const { path, library } = file.derived?.ownerOfText(relativePath) ?? file
      const named = resolve(dirname(path), relativePath)
      uses(named)
      return readInside(named, relativePath, library, maxBytes)
    },
  }
}

const readInside = (file: string, shown: string, library: string, maxBytes: number): Uint8Array => {
  const root = realPath(library)
  const real = realPath(file)
  if (real === undefined) {
    const outside = root !== undefined && !isInside(file, library)
    throw outside
      ? leaves(shown)
      : new SpecError(`${shown} does not exist`, [], 'the path is relative to this file')
  }
  if (root === undefined || !isInside(real, root)) throw leaves(shown)
  if (!statSync(real).isFile()) throw new SpecError(`${shown} is no file`)
  const handle = open(real, shown)
  try {
    const { size } = fstatSync(handle)
    if (size > maxBytes) {
      throw new SpecError(
        `${shown} has ${size.toLocaleString('en')} bytes, and at most ${maxBytes.toLocaleString('en')} are held in memory`,
        [],
        'use a smaller file',
      )
    }
    return readFileSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Does not follow a link that was put there after the check. */
const open = (real: string, shown: string): number => {
  try {
    return openSync(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  } catch (error) {
    throw new SpecError(`${shown} cannot be read: ${errorCode(error)}`, [], "check the file's rights")
  }
}

const leaves = (shown: string): SpecError =>
  new SpecError(`${shown} leads out of the library`, [], 'copy the file into the library')

export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)
