/** What `npm ci` makes of the lockfile on the Node that a fresh machine has. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly optional?: boolean; readonly engines?: unknown }>>
}

const lockfile = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
) as Lockfile

/**
 * npm leaves out optional packages whose `engines` ask for a newer Node than the one npm runs on, and says nothing.
 * Here npm may run on Node 20 while everything else runs on the Node of the package `node`. npm reads `engines` from
 * the lockfile, so the entry of the script engine must hold none: after npm has written the lockfile, take it out.
 */
it('installs the script engine under an older Node, too', () => {
  expect(lockfile.packages['node_modules/isolated-vm']).toMatchObject({ optional: true })
  expect(lockfile.packages['node_modules/isolated-vm']).not.toHaveProperty('engines')
})
