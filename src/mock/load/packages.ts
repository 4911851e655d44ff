/** Loads the packages that few workspaces need, when the first mock asks for them: nobody else pays their start. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { MatcherTools } from '../../core/matcher.ts'

/** The published program carries them as files of its own; from the sources they are found as any package is. */
const bundled = new URL('../packages/', import.meta.url)

export const createPackageLoader = (): NonNullable<MatcherTools['load']> => {
  const require = createRequire(import.meta.url)
  const own = existsSync(bundled)
  return (name) => require(own ? fileURLToPath(new URL(packageFile(name), bundled)) : name)
}

/** `ajv/dist/2020.js` is carried as `ajv-dist-2020-js.cjs`. */
export const packageFile = (name: string): string =>
  `${name.replaceAll(/[^a-z0-9]+/g, '-').replace(/^-/, '')}.cjs`
