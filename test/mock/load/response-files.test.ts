import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { responseFiles } from '../../../src/mock/load/response-files.ts'
import { workspace } from '../../config/workspace.ts'

const setUp = () => {
  const root = workspace({
    'mocks/o/a.yaml': '',
    'mocks/o/body.json': '{}',
    'mocks/shared.txt': 'shared',
    'secret.txt': 'secret',
  })
  const path = join(root, 'mocks/o/a.yaml')
  const used: string[] = []
  const uses = (file: string): void => void used.push(file)
  return { root, used, files: responseFiles({ path, library: join(root, 'mocks') }, uses, 100) }
}

it('reads files of the library, relative to the mock file, and tells which', () => {
  const { root, used, files } = setUp()
  expect(Buffer.from(files.read('./body.json')).toString()).toBe('{}')
  expect(Buffer.from(files.read('../shared.txt')).toString()).toBe('shared')
  expect(used).toEqual([join(root, 'mocks/o/body.json'), join(root, 'mocks/shared.txt')])
})

it.each([
  ['../../secret.txt', '../../secret.txt leads out of the library'],
  ['../../none.txt', '../../none.txt leads out of the library'],
  ['/etc/passwd', '/etc/passwd is an absolute path'],
  ['C:\\secret.txt', 'C:\\secret.txt is an absolute path'],
  ['./none.json', './none.json does not exist'],
  ['..', '.. is no file'],
])('refuses %s', (name, message) => {
  expect(() => setUp().files.read(name)).toThrow(message)
})

it('refuses links out of the library, also ones put there later', () => {
  const { root, files } = setUp()
  files.read('./body.json')
  rmSync(join(root, 'mocks/o/body.json'))
  symlinkSync(join(root, 'secret.txt'), join(root, 'mocks/o/body.json'))
  expect(() => files.read('./body.json')).toThrow('./body.json leads out of the library')
})

it('refuses large files', () => {
  const { root, files } = setUp()
  writeFileSync(join(root, 'mocks/o/body.json'), 'x'.repeat(101))
  expect(() => files.read('./body.json')).toThrow(
    './body.json has 101 bytes, and at most 100 are held in memory',
  )
})
