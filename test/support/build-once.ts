/** Builds the program before the first test, and gives all tests a settings folder that is not the user's. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const setup = (): (() => void) => {
  // Test processes inherit it: no test may see or make the user's own certificate authority.
  const settings = mkdtempSync(join(tmpdir(), 'svc-mock-settings-'))
  process.env['XDG_CONFIG_HOME'] = settings
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the build failed:\n${stderr}`)
  return () => rmSync(settings, { recursive: true, force: true })
}
