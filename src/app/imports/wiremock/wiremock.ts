/** `svc-mock import wiremock <file or folder>`: stub mappings of WireMock 3.13 as mocks; what cannot be said is told with its place. */

import { readFileSync, realpathSync } from 'node:fs'
import { basename, relative, resolve, sep } from 'node:path'
import type { Config } from '../../../config/config.ts'
import { isFields } from '../../../core/fields.ts'
import type { SourceLocation } from '../../../core/source.ts'
import { isInside } from '../../../mock/load/inside.ts'
import { folderName } from '../../../record/file-names.ts'
import type { Entry, ImportContext, MockFormat, Note, ReadFile, ReadSource } from '../format.ts'
import type { MadeMock } from '../generated-file.ts'
import { openSound } from '../source/sound.ts'
import { NotPossible as Unsound } from '../source/things.ts'
import { priorities } from './priorities.ts'
import type { BodyFiles } from './response.ts'
import { readStubs, type StubSource } from './sources.ts'
import { type MadeStub, nameOf, stubOf } from './stub.ts'
import { type At, NotPossible, Told } from './told.ts'

/** A file of more would be slow to look at. */
const mocksInFile = 1_000
const head = { conveniences: false }

const readWiremock = async (source: string, context: ImportContext): Promise<ReadSource> => {
  const { config, cwd, version } = context
  const { stubs, problems, files } = readStubs(source, cwd)
  const sound = await openSound()
  const bodies = new Map<string, Uint8Array>()
  const entries: Entry[] = []
  const made: MadeStub[] = []
  const slug = slugOf(source, cwd)
  const folder = `wiremock.${slug}.files`
  for (const one of stubs) {
    const told = new Told()
    const name = isFields(one.value) ? nameOf(one.value) : 'a stub'
    const at = one.place([])
    try {
      const own = new Map<string, Uint8Array>()
      const stub = stubOf(one.value, told, bodyFiles(files, folder, own))
      for (const { mock } of stub.mocks) sound(mock)
      for (const [file, bytes] of own) bodies.set(file, bytes)
      made.push(stub)
      entries.push(entryOf(name, at, told, one))
    } catch (error) {
      if (!(error instanceof NotPossible) && !(error instanceof Unsound)) throw error
      const below = error instanceof NotPossible ? error.at : []
      entries.push({
        outcome: 'not possible',
        name,
        at,
        notes: [{ text: error.message, at: one.place(below) }],
      })
    }
  }
  sound.close()
  const mocks = inOrder(made)
  return {
    service: context.service ?? serviceOf(config, slug),
    version,
    source: relative(config.root, resolve(cwd, source)).split(sep).join('/') || '.',
    files: filesOf(mocks, slug),
    bodies,
    entries,
    problems,
  }
}

export const wiremockFormat: MockFormat = {
  kind: 'mocks',
  name: 'wiremock',
  summary: 'stub mappings of WireMock: a file, or a folder with mappings/ and __files/',
  thing: 'stub',
  read: readWiremock,
}

const entryOf = (name: string, at: SourceLocation, told: Told, one: StubSource): Entry => {
  const notes = told.changes.map(({ text, at: below }): Note => ({ text, at: one.place(below) }))
  return { outcome: notes.length === 0 ? 'taken' : 'changed', name, at, notes }
}

/** With the priorities that keep WireMock's order, and names unlike each other. */
const inOrder = (made: readonly MadeStub[]): readonly MadeMock[] => {
  const all = made.flatMap((stub) => stub.mocks.map((one) => ({ ...one, priority: stub.priority })))
  const numbers = priorities(all)
  const seen = new Map<string, number>()
  return all.map(({ mock: { name, ...others } }, i) => {
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return {
      name: count === 1 ? name : `${name} (${count})`,
      ...(numbers[i] !== 5 && { priority: numbers[i] }),
      ...others,
    }
  })
}

const filesOf = (mocks: readonly MadeMock[], slug: string): ReadonlyMap<string, ReadFile> => {
  const files = new Map<string, ReadFile>()
  for (let from = 0; from < mocks.length; from += mocksInFile) {
    const part = from === 0 ? '' : `.${from / mocksInFile + 1}`
    files.set(`wiremock.${slug}${part}.yaml`, { head, mocks: mocks.slice(from, from + mocksInFile) })
  }
  return files
}

/** Copies go beside the mock files, under their own names. */
const bodyFiles = (root: string | undefined, folder: string, taken: Map<string, Uint8Array>): BodyFiles => ({
  take: (name: string, at: At) => {
    if (root === undefined) throw new NotPossible(`bodyFileName ${name}: there is no folder __files`, at)
    const path = resolve(root, name.replace(/^\/+/, ''))
    let bytes: Uint8Array
    try {
      if (!isInside(realpathSync(path), root))
        throw new NotPossible(`bodyFileName ${name} leads out of __files`, at)
      bytes = readFileSync(path)
    } catch (error) {
      if (error instanceof NotPossible) throw error
      throw new NotPossible(
        `bodyFileName ${name} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
        at,
      )
    }
    const file = `${folder}/${relative(root, path).split(sep).join('/')}`
    taken.set(file, bytes)
    return { bytes, file: `./${file}` }
  },
})

const slugOf = (source: string, cwd: string): string => {
  const parts = resolve(cwd, source)
    .split(sep)
    .filter((part) => part !== '' && part !== 'mappings')
  return folderName(
    basename(parts.at(-1) ?? 'stubs')
      .replace(/\.json$/i, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, '-')
      .replaceAll(/^[-.]+|[-.]+$/g, '') || 'stubs',
  )
}

const serviceOf = ({ services }: Config, slug: string): string => {
  const named = services.find(({ name }) => name === slug)
  const http = services.filter(({ protocol }) => protocol === 'http')
  return named?.name ?? (http.length === 1 ? http[0]!.name : slug)
}
