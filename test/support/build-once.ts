/** Builds the program before the first test. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const setup = (): void => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the build failed:\n${stderr}`)
}
