/** svc-mock types as a program: exit codes, streams, files. */
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const library = fileURLToPath(new URL('../fixtures/types/library', import.meta.url))

const copy = (): string => {
  const cwd = makeFolder({})
  cpSync(library, cwd, { recursive: true })
  return cwd
}

describe('svc-mock types', () => {
  it('prints the types, or writes them, and says with --check whether they are old', async () => {
    const cwd = copy()
    const printed = await runProgram(['types'], { cwd })
    expect({ code: printed.code, stderr: printed.stderr }).toEqual({ code: 0, stderr: '' })
    const out = ['types', '--out', 'types/mocks.d.ts']
    expect((await runProgram([...out, '--check'], { cwd })).code).toBe(1)
    expect(existsSync(join(cwd, 'types'))).toBe(false)
    const written = await runProgram(out, { cwd })
    expect(written.stdout).toBe('types/mocks.d.ts: written, 11 mocks, 4 operations\n')
    expect(readFileSync(join(cwd, 'types/mocks.d.ts'), 'utf8')).toBe(printed.stdout)
    const checked = await runProgram([...out, '--check', '--json'], { cwd })
    expect(checked.code).toBe(0)
    expect(JSON.parse(checked.stdout)).toMatchObject({ file: 'types/mocks.d.ts', changed: false, mocks: 11 })
  })

  it('ends with 1 and the command to run when they are old, with 2 when mocks have mistakes', async () => {
    const cwd = copy()
    const old = await runProgram(['types', '--out', 'a.d.ts', '--check', '--json'], { cwd })
    expect(old.code).toBe(1)
    expect(JSON.parse(old.stdout).error).toMatchObject({
      code: 'TYPES_STALE',
      hint: 'svc-mock types --out a.d.ts',
    })
    const broken = makeFolder({
      'svc-mock.yaml': 'services: { a: }\n',
      'mocks/a/1.0.0/a.yaml': 'mocks: [{ request: { methud: GET } }]\n',
    })
    const { code, stderr } = await runProgram(['types'], { cwd: broken })
    expect(code).toBe(2)
    expect(stderr).toContain('did you mean method?')
    expect((await runProgram(['types', '--check'], { cwd })).code).toBe(2)
  })
})
