/** A workspace in a temporary folder, gone when the test is. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface TestWorkspace {
  readonly folder: string
  write(path: string, text: string): string
  remove(path: string): void
}

/** `files`: path below the workspace to text. `forTest: false`: for several tests; the system cleans its temporary folder. */
export const workspace = (files: Readonly<Record<string, string>> = {}, forTest = true): TestWorkspace => {
  const folder = mkdtempSync(join(tmpdir(), 'svc-mock-test-'))
  if (forTest) onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const write = (path: string, text: string): string => {
    const full = join(folder, path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, text)
    return full
  }
  for (const [path, text] of Object.entries(files)) write(path, text)
  return { folder, write, remove: (path) => rmSync(join(folder, path), { recursive: true }) }
}
