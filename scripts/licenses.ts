/** The licences of what is bundled, in one file: bundling is distributing, and licences want to come along. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** `node_modules/@oclif/core/lib/index.js` -> `node_modules/@oclif/core`, also below another package's node_modules. */
const packageFolder = (input: string): string | undefined =>
  /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]

const licenseText = async (folder: string): Promise<string> => {
  const file = (await readdir(folder)).find((name) => /^(licen[cs]e|copying)(\.|-|$)/i.test(name))
  return file === undefined ? '' : (await readFile(join(folder, file), 'utf8')).trim()
}

/** `inputs` are paths relative to `root`, as esbuild's metafile has them. */
export const thirdPartyLicenses = async (root: string, inputs: readonly string[]): Promise<string> => {
  const folders = [...new Set(inputs.flatMap((input) => packageFolder(input) ?? []))].sort()
  const sections = await Promise.all(
    folders.map(async (folder) => {
      const { name, version, license } = JSON.parse(
        await readFile(join(root, folder, 'package.json'), 'utf8'),
      )
      const text = await licenseText(join(root, folder))
      return `${name} ${version} (${license})\n\n${text || 'No licence file in the package.'}`
    }),
  )
  return `${sections.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
