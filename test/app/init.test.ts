import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { initWorkspace } from '../../src/app/init.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8')

describe('init', () => {
  it('writes a workspace whose configuration is valid', () => {
    const folder = makeFolder()
    const { written, kept } = initWorkspace(folder, 'shop')
    expect(kept).toEqual([])
    expect(written).toContain('mocks/orders/1.0.0/orders.yaml')
    const { config, warnings } = openWorkspace({ cwd: join(folder, 'shop'), env: {} })
    expect(config.services.map(({ name }) => name)).toEqual(['orders'])
    expect(warnings).toEqual([])
  })

  it('gives editors their schema in the first line', () => {
    const folder = makeFolder()
    initWorkspace(folder, '.')
    expect(read(folder, 'svc-mock.yaml')).toMatch(/^# yaml-language-server: \$schema=/)
    expect(read(folder, 'mocks/orders/1.0.0/orders.yaml')).toMatch(/^# yaml-language-server: \$schema=/)
  })

  it('keeps what is there', () => {
    const folder = makeFolder({
      'svc-mock.yaml': 'services: {}\n',
      '.gitignore': 'node_modules\n.svc-mock/*',
    })
    const { kept } = initWorkspace(folder, '.')
    expect(kept).toEqual(['svc-mock.yaml'])
    expect(read(folder, 'svc-mock.yaml')).toBe('services: {}\n')
    expect(read(folder, '.gitignore')).toBe(
      'node_modules\n.svc-mock/*\n!.svc-mock/fakes.lock\nsvc-mock.local.yaml\nmocks.local/\n',
    )
  })

  it('changes nothing the second time', () => {
    const folder = makeFolder()
    initWorkspace(folder, '.')
    expect(initWorkspace(folder, '.').written).toEqual([])
  })

  it('refuses a file in the place of the folder', () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'shop'), '')
    expect(() => initWorkspace(folder, 'shop')).toThrowError(expect.objectContaining({ code: 'FILE_EXISTS' }))
  })
})
