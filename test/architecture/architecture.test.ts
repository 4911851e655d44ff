/** The rules of ARCHITECTURE.md, held against what the sources really import. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allImports, type Import, sourceFiles, sourceRoot } from './imports.ts'

/** What each folder may import of ours, besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  yaml: ['core'],
  matchers: ['core'],
  patch: ['core'],
  responders: ['core', 'patch'],
  desensitize: ['core', 'yaml'],
  record: ['core', 'yaml', 'desensitize'],
  report: ['core'],
  contract: ['core', 'yaml', 'matchers', 'report'],
  registry: ['core', 'yaml'],
  config: ['core', 'yaml', 'registry'],
  mock: ['core', 'yaml', 'matchers', 'responders', 'config'],
  protocols: ['core'],
  filters: ['core', 'mock', 'record', 'tenant'],
  tls: ['core'],
  tenant: ['core'],
  proxy: ['core', 'config', 'mock', 'record', 'filters', 'tls', 'tenant'],
  script: ['core', 'yaml', 'mock'],
  engine: ['core', 'config', 'mock', 'filters', 'tenant', 'proxy', 'protocols'],
  page: ['core', 'engine', 'mock', 'matchers', 'protocols', 'responders', 'script'],
  control: ['core', 'app'],
  app: [
    'core',
    'yaml',
    'config',
    'mock',
    'matchers',
    'patch',
    'responders',
    'desensitize',
    'record',
    'report',
    'contract',
    'registry',
    'filters',
    'engine',
    'proxy',
    'protocols',
    'tls',
    'tenant',
    'script',
    'page',
    'control',
  ],
  cli: ['core', 'app'],
  commands: ['core', 'app', 'cli'],
  entries: ['core', 'app', 'engine'],
}

const folder = (path: string): string => path.split('/')[0]!

const show = ({ from, to }: Import): string => `${from} -> ${to}`

const imports = allImports()

describe('dependencies', () => {
  it('point one way', () => {
    const wrong = imports.filter(
      ({ from, to, own }) =>
        own && folder(from) !== folder(to) && allowed[folder(from)]?.includes(folder(to)) !== true,
    )
    expect(wrong.map(show)).toEqual([])
  })

  it('know every folder', () => {
    expect(
      sourceFiles()
        .map(folder)
        .filter((name) => allowed[name] === undefined),
    ).toEqual([])
  })

  it('keep protocols apart from each other', () => {
    const name = (path: string): string => path.split('/')[1]!
    const wrong = imports.filter(
      ({ from, to, own }) =>
        own &&
        folder(from) === 'protocols' &&
        folder(to) === 'protocols' &&
        from !== 'protocols/index.ts' &&
        name(from) !== name(to),
    )
    expect(wrong.map(show)).toEqual([])
  })

  it('leave node: out of what must run in a browser', () => {
    // What several protocols share, and nobody else uses: streams of node for servers that are embedded, reads of sockets, and V8's collector.
    const shared = ['core/duplex-pair.ts', 'core/lent-reads.ts', 'core/streamed-memory.ts']
    const browser = (path: string): boolean =>
      (/^(core|matchers|patch|responders)\//.test(path) && !shared.includes(path)) ||
      (/^mock\//.test(path) && !/^mock\/(load|watch)\//.test(path))
    const wrong = imports.filter(
      ({ from, to, typeOnly }) =>
        browser(from) && (to.startsWith('node:') || shared.includes(to)) && !typeOnly,
    )
    expect(wrong.map(show)).toEqual([])
  })

  /** All files that are loaded with these. */
  const loadedWith = (files: readonly string[]): ReadonlySet<string> => {
    const graph = Map.groupBy(
      imports.filter(({ own, typeOnly, dynamic }) => own && !typeOnly && !dynamic),
      ({ from }) => from,
    )
    const reached = new Set<string>()
    const visit = (file: string): void => {
      if (reached.has(file)) return
      reached.add(file)
      for (const { to } of graph.get(file) ?? []) visit(to)
    }
    for (const file of files) visit(file)
    return reached
  }

  it('leave node: and zod out of the engine, with all that it loads and what compiles mocks for it', () => {
    const reached = loadedWith([
      ...sourceFiles().filter((file) => file.startsWith('engine/')),
      'protocols/http/mocking.ts',
      'page/index.ts',
      'mock/compile.ts',
      'matchers/compilers.ts',
      'responders/index.ts',
    ])
    expect(reached.size).toBeGreaterThan(100)
    const wrong = imports.filter(
      ({ from, to, typeOnly }) => reached.has(from) && (to.startsWith('node:') || to === 'zod') && !typeOnly,
    )
    expect(wrong.map(show)).toEqual([])
  })

  it('load readers of contracts, and ajv with them, only where one is in force', () => {
    const reached = loadedWith(['start', 'run', 'record'].map((command) => `commands/${command}.ts`))
    expect(reached).toContain('app/contract/live-contracts.ts')
    expect([...reached].filter((file) => file.startsWith('contract/formats/'))).toEqual([])
  })

  it('have no cycle', () => {
    const graph = new Map<string, string[]>()
    for (const { from, to, own, typeOnly, dynamic } of imports) {
      if (own && !typeOnly && !dynamic) graph.set(from, [...(graph.get(from) ?? []), to])
    }
    const done = new Set<string>()
    const cycles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
        return
      }
      if (done.has(file)) return
      for (const next of graph.get(file) ?? []) visit(next, [...path, file])
      done.add(file)
    }
    for (const file of graph.keys()) visit(file, [])
    expect(cycles).toEqual([])
  })
})

describe('sources', () => {
  const text = (file: string): string => readFileSync(join(sourceRoot, file), 'utf8')

  it('open with a comment that says what the file is', () => {
    expect(sourceFiles().filter((file) => !text(file).startsWith('/**'))).toEqual([])
  })

  it('stay small enough to hold one idea', () => {
    const long = sourceFiles().filter((file) => text(file).split('\n').length > 400)
    expect(long).toEqual([])
  })

  it('keep no state at module level', () => {
    expect(sourceFiles().filter((file) => /^(export )?(let|var) /m.test(text(file)))).toEqual([])
  })

  it('listen and dial in one place each', () => {
    const opens = (name: string): string[] =>
      imports.filter(({ to, typeOnly }) => to === name && !typeOnly).map(({ from }) => from)
    // Control is not a way of calls: it listens on loopback for other commands of ours.
    expect(
      opens('node:net').filter((file) =>
        /\b(createServer|connect|createConnection)\b/.test(importLine(file, 'node:net')),
      ),
    ).toEqual(['proxy/dial.ts', 'proxy/listener.ts'])
    expect(
      opens('node:tls').filter((file) => /\b(connect|createServer)\b/.test(importLine(file, 'node:tls'))),
    ).toEqual(['proxy/dial.ts'])
  })

  const importLine = (file: string, name: string): string =>
    text(file)
      .split('\n')
      .find((line) => line.includes(`from '${name}'`)) ?? ''
})
