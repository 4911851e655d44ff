/** Files to a tarball as npm makes them: the same files, the same bytes, whoever packs them and whenever. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create } from 'tar'
import { type PackageFiles, writeFiles } from './package-files.ts'

/** What npm writes as the time of every file (npm-packlist's convention, the 26th of October 1985). */
const mtime = new Date('1985-10-26T08:15:00.000Z')

/** `package.json` first, as npm does, the others in code-unit order; all below `package/`. */
export const packTarball = (files: PackageFiles): Uint8Array => {
  const folder = mkdtempSync(join(tmpdir(), 'svc-mock-pack-'))
  try {
    writeFiles(join(folder, 'package'), files)
    const tarball = join(folder, 'package.tgz')
    const rest = [...files.keys()].filter((path) => path !== 'package.json').sort()
    const paths = [...(files.has('package.json') ? ['package.json'] : []), ...rest]
    create(
      {
        file: tarball,
        cwd: folder,
        sync: true,
        gzip: { level: 9 },
        portable: true,
        noDirRecurse: true,
        mtime,
      },
      paths.map((path) => `package/${path}`),
    )
    return readFileSync(tarball)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
