import { mkdirSync, watch as realWatch, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type Watcher, type WatcherOptions, watchFolders } from '../../../src/mock/watch/watcher.ts'
import { workspace } from '../../config/workspace.ts'

/** Collects what is reported; `seen` resolves as soon as all of these paths were. */
const watching = (
  root: string,
  folders: readonly string[],
  files: readonly string[] = [],
  options: WatcherOptions = {},
) => {
  const reported = new Set<string>()
  let batches = 0
  let check = (): void => {}
  const watcher: Watcher = watchFolders(
    folders.map((folder) => join(root, folder)),
    files.map((file) => join(root, file)),
    (paths) => {
      batches++
      for (const path of paths) reported.add(path.slice(root.length + 1))
      check()
    },
    options,
  )
  onTestFinished(() => watcher.close())
  return {
    watcher,
    batches: () => batches,
    seen: (...names: string[]): Promise<void> =>
      new Promise((resolve) => {
        check = () => {
          if (!names.every((name) => reported.has(name))) return
          for (const name of names) reported.delete(name)
          resolve()
        }
        check()
      }),
    reported,
  }
}

it('reports a saved file soon', async () => {
  const root = workspace({ 'mocks/o/a.yaml': '' })
  const { seen } = watching(root, ['mocks'])
  const times: number[] = []
  for (let i = 0; i < 10; i++) {
    const start = performance.now()
    writeFileSync(join(root, 'mocks/o/a.yaml'), `${i}`)
    await seen('mocks/o/a.yaml')
    times.push(performance.now() - start)
  }
  expect(times.sort((a, b) => a - b)[4]).toBeLessThan(40)
})

it('reports the atomic rename of an editor', async () => {
  const root = workspace({ 'mocks/a.yaml': '' })
  const { seen } = watching(root, ['mocks'])
  for (let i = 0; i < 3; i++) {
    writeFileSync(join(root, 'mocks/.a.yaml.tmp'), 'new')
    renameSync(join(root, 'mocks/.a.yaml.tmp'), join(root, 'mocks/a.yaml'))
    await seen('mocks/a.yaml')
  }
})

it('follows new folders, and what is already in them', async () => {
  const root = workspace({ 'mocks/x': '' })
  const { seen } = watching(root, ['mocks'])
  mkdirSync(join(root, 'mocks/o/1.0/deep'), { recursive: true })
  writeFileSync(join(root, 'mocks/o/1.0/deep/a.yaml'), 'a')
  await seen('mocks/o/1.0/deep/a.yaml')
  writeFileSync(join(root, 'mocks/o/1.0/deep/b.yaml'), 'b')
  await seen('mocks/o/1.0/deep/b.yaml')
})

it('misses nothing of folders that are made and filled while it looks', async () => {
  const root = workspace({ 'mocks/x': '' })
  const late = join(root, 'mocks/o/late')
  /** Makes and fills a folder in the moments before watches begin: no event will tell. */
  const watch = ((directory, options, listener) => {
    if (directory === join(root, 'mocks/o')) mkdirSync(late, { recursive: true })
    if (directory === late) writeFileSync(join(late, 'a.yaml'), '')
    return realWatch(directory as string, options as { recursive: boolean }, listener as never)
  }) as typeof realWatch
  const { seen } = watching(root, ['mocks'], [], { watch })
  mkdirSync(join(root, 'mocks/o'))
  await seen('mocks/o/late/a.yaml')
})

it('reports deleted folders and follows them when they come back', async () => {
  const root = workspace({ 'mocks/o/a.yaml': '' })
  const { seen } = watching(root, ['mocks'])
  rmSync(join(root, 'mocks/o'), { recursive: true })
  await seen('mocks/o')
  mkdirSync(join(root, 'mocks/o'))
  writeFileSync(join(root, 'mocks/o/a.yaml'), 'a')
  await seen('mocks/o/a.yaml')
  writeFileSync(join(root, 'mocks/o/a.yaml'), 'b')
  await seen('mocks/o/a.yaml')
})

it('survives that a watched folder is replaced as a whole', async () => {
  const root = workspace({ 'mocks/o/a.yaml': '', 'other/o/b.yaml': '' })
  const { seen } = watching(root, ['mocks'])
  renameSync(join(root, 'mocks'), join(root, 'old'))
  renameSync(join(root, 'other'), join(root, 'mocks'))
  await seen('mocks/o/b.yaml')
  writeFileSync(join(root, 'mocks/o/b.yaml'), 'b')
  await seen('mocks/o/b.yaml')
})

it('picks up folders and files that did not exist', async () => {
  const root = workspace({ x: '' })
  const { seen } = watching(root, ['mocks.local', 'a/b/mocks'], ['svc-mock.local.yaml', 'conf/base.yaml'])
  mkdirSync(join(root, 'mocks.local'))
  writeFileSync(join(root, 'mocks.local/a.yaml'), 'a')
  await seen('mocks.local/a.yaml')
  mkdirSync(join(root, 'a/b/mocks/o'), { recursive: true })
  writeFileSync(join(root, 'a/b/mocks/o/a.yaml'), 'a')
  await seen('a/b/mocks/o/a.yaml')
  writeFileSync(join(root, 'svc-mock.local.yaml'), '')
  await seen('svc-mock.local.yaml')
  mkdirSync(join(root, 'conf'))
  writeFileSync(join(root, 'conf/base.yaml'), '')
  await seen('conf/base.yaml')
})

it('reports nothing but what it was asked for', async () => {
  const root = workspace({ 'mocks/a.yaml': '', 'svc-mock.yaml': '' })
  const { seen, reported } = watching(root, ['mocks'], ['svc-mock.yaml'])
  writeFileSync(join(root, 'README.md'), 'x')
  writeFileSync(join(root, 'svc-mock.yaml'), 'x')
  await seen('svc-mock.yaml')
  expect([...reported]).toEqual([])
})

it('hands over a thousand files in a few batches', async () => {
  const names = Array.from({ length: 1000 }, (_, i) => `mocks/s${i % 20}/f${i}.yaml`)
  const root = workspace({ 'mocks/x': '' })
  const { seen, batches } = watching(root, ['mocks'])
  for (const name of names) {
    mkdirSync(join(root, name, '..'), { recursive: true })
    writeFileSync(join(root, name), 'x')
  }
  await seen(...names)
  expect(batches()).toBeLessThan(20)
})

it('looks at folders now and then when the system has no watch left, and says so once', async () => {
  const root = workspace({ 'mocks/o/a.yaml': '', 'mocks/p/a.yaml': '' })
  const notices: string[] = []
  const watch = (() => {
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
  }) as unknown as typeof realWatch
  const { seen } = watching(root, ['mocks'], [], { watch, pollMs: 5, notice: (text) => notices.push(text) })
  writeFileSync(join(root, 'mocks/o/a.yaml'), 'changed')
  await seen('mocks/o/a.yaml')
  mkdirSync(join(root, 'mocks/q'))
  writeFileSync(join(root, 'mocks/q/b.yaml'), 'b')
  await seen('mocks/q/b.yaml')
  rmSync(join(root, 'mocks/p/a.yaml'))
  await seen('mocks/p/a.yaml')
  expect(notices).toHaveLength(1)
  expect(notices[0]).toContain('ENOSPC')
})

it('works with one recursive watch, as on macOS and Windows', async () => {
  const root = workspace({ 'mocks/o/a.yaml': '' })
  const { seen } = watching(root, ['mocks'], [], { recursive: true })
  writeFileSync(join(root, 'mocks/o/a.yaml'), 'a')
  await seen('mocks/o/a.yaml')
})

it('reports nothing after close', async () => {
  const root = workspace({ 'mocks/a.yaml': '' })
  const first = watching(root, ['mocks'])
  const second = watching(root, ['mocks'])
  first.watcher.close()
  writeFileSync(join(root, 'mocks/a.yaml'), 'a')
  await second.seen('mocks/a.yaml')
  expect([...first.reported]).toEqual([])
})
