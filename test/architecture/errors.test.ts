/** Each error code is thrown somewhere, and each has a hint. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errors } from '../../src/core/errors.ts'
import { sourceFiles, sourceRoot } from './imports.ts'

describe('the error table', () => {
  const used = sourceFiles()
    .filter((file) => file !== 'core/errors.ts')
    .map((file) => readFileSync(join(sourceRoot, file), 'utf8'))
    .join('\n')
    .concat(readFileSync(join(sourceRoot, '../bin/run.js'), 'utf8'))

  it.each(Object.keys(errors))('%s is thrown somewhere', (code) => {
    expect(used).toContain(`'${code}'`)
  })

  it.each(Object.entries(errors))('%s says what to do', (_code, entry) => {
    expect(entry.hint.length).toBeGreaterThan(10)
    expect(entry.summary).toMatch(/\.$/)
  })
})
