/** Programs that tests use where they are present. SVC_MOCK_TEST_REQUIRE (comma separated) turns a missing one into a failure. */
import { spawnSync } from 'node:child_process'

const required = new Set(
  (process.env['SVC_MOCK_TEST_REQUIRE'] ?? '').split(',').filter((name) => name !== ''),
)

/** Whether a program can be run; says why its tests are skipped, once. */
export const present = (name: string, versionFlag = '--version'): boolean => {
  const there = spawnSync(name, [versionFlag], { stdio: 'ignore' }).status === 0
  if (there) return true
  if (required.has(name)) throw new Error(`${name} is required for the tests here, and is not on PATH`)
  process.stderr.write(`skipped: tests with ${name}, which is not on PATH\n`)
  return false
}
