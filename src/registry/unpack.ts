/**
 * A tarball of npm's form to files. It comes from others: every entry is looked at before it is read, nothing is written
 * here, and what is no plain file (links, devices) takes the whole package out.
 */
import { gunzipSync } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { SvcMockError } from '../core/errors.ts'
import { FileCollector, type PackageFiles, packageLimits } from './package-files.ts'

/** Throws PACKAGE_INVALID. */
export const unpack = (tarball: Uint8Array, shown: string): PackageFiles => {
  const collector = new FileCollector(shown)
  if (tarball.length > packageLimits.tarball)
    throw collector.refusal(`its tarball has more than ${packageLimits.tarball / 1024 / 1024} MB`)
  const plain = gunzip(tarball, collector)
  const mistakes: unknown[] = []
  const parser = new Parser({
    strict: true,
    maxMetaEntrySize: 64 * 1024,
    onReadEntry: (entry) => {
      try {
        if (mistakes.length === 0) take(entry, collector)
      } catch (error) {
        mistakes.push(error)
      }
      entry.resume()
    },
  })
  parser.on('error', (error: unknown) => mistakes.push(error))
  try {
    parser.end(plain)
  } catch (error) {
    mistakes.push(error)
  }
  const [mistake] = mistakes
  if (mistake instanceof SvcMockError) throw mistake
  if (mistake !== undefined)
    throw collector.refusal(`its tarball is broken (${mistake instanceof Error ? mistake.message : mistake})`)
  return collector.files
}

/** At once, so that what a small tarball becomes has a bound before anything else looks at it. */
const gunzip = (tarball: Uint8Array, collector: FileCollector): Buffer => {
  // Headers and padding of the most files that there may be.
  const most = packageLimits.unpacked + packageLimits.files * 1024
  try {
    return gunzipSync(tarball, { maxOutputLength: most })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw collector.refusal(`unpacked it has more than ${packageLimits.unpacked / 1024 / 1024} MB`)
    throw collector.refusal('its tarball is broken: it is not gzip, or not whole')
  }
}

const plainFiles: readonly string[] = ['File', 'OldFile', 'ContiguousFile']

const take = (entry: ReadEntry, collector: FileCollector): void => {
  if (entry.type === 'Directory') return
  if (!plainFiles.includes(entry.type)) {
    const kind = entry.type === 'SymbolicLink' || entry.type === 'Link' ? 'a link' : 'no plain file'
    throw collector.refusal(`${JSON.stringify(entry.path)} in its tarball is ${kind}`)
  }
  // npm's tarballs have one folder around everything, most often `package/`; as npm does, it is left out.
  if (entry.path.startsWith('/'))
    throw collector.refusal(`the path ${JSON.stringify(entry.path)} is absolute`)
  const cut = entry.path.indexOf('/')
  const folder = entry.path.slice(0, Math.max(0, cut))
  if (folder === '..' || entry.path.includes('\\'))
    throw collector.refusal(`the path ${JSON.stringify(entry.path)} leads out of the package`)
  const path = entry.path.slice(cut + 1)
  collector.expect(path, entry.size)
  const pieces: Buffer[] = []
  entry.on('data', (piece: Buffer) => pieces.push(piece))
  entry.on('end', () => collector.add(path, Buffer.concat(pieces)))
}
