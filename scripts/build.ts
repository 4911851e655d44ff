/** sources -> dist/, oclif.manifest.json and schemas/. What is needed at run time is bundled: fewer files to load is most of the start-up time. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'
import { build, type OutputFile } from 'esbuild'
import { z } from 'zod'
import { pagePackages } from '../src/app/page/page-module.ts'
import { desensitizeSchema } from '../src/desensitize/policy-file.ts'
import { type EntryPoint, entryPoints as published } from '../src/entries/index.ts'
import { packageNames } from '../src/matchers/packages.ts'
import { packageFile } from '../src/mock/load/packages.ts'
import { publishedSchemas } from '../src/mock/load/published-schemas.ts'
import { protocols } from '../src/protocols/index.ts'
import { thirdPartyLicenses } from './licenses.ts'
import { declarations, type TextFile } from './types.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** CommonJS packages inside an ES module look for these. */
const banner = [
  "import{createRequire as __svcRequire}from'node:module';",
  "import{fileURLToPath as __svcPath}from'node:url';",
  "import{dirname as __svcDirname}from'node:path';",
  'const require=__svcRequire(import.meta.url),__filename=__svcPath(import.meta.url),__dirname=__svcDirname(__filename);',
].join('')

const entryPoints = async (): Promise<Record<string, string>> => {
  const commands = await readdir(join(root, 'src/commands'), { recursive: true })
  return {
    'cli/main': 'src/cli/main.ts',
    'script/host': 'src/script/host/main.ts',
    'record/worker': 'src/app/record/worker-main.ts',
    ...ofEntries(published.filter(({ browser }) => browser !== true)),
    ...Object.fromEntries(
      commands
        .filter((file) => file.endsWith('.ts'))
        .map((file) => file.slice(0, -3).split(sep).join('/'))
        .map((name) => [`commands/${name}`, `src/commands/${name}.ts`]),
    ),
  }
}

const ofEntries = (entries: readonly EntryPoint[]): Record<string, string> =>
  Object.fromEntries(entries.map(({ name }) => [`entries/${name}`, `src/entries/${name}/index.ts`]))

const common = {
  metafile: true,
  write: false,
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  legalComments: 'none',
  logLevel: 'warning',
} as const

/** Packages that are loaded only when a mock asks for them: one file each. */
const packages = () =>
  build({
    ...common,
    entryPoints: Object.fromEntries(
      packageNames.map((name) => [packageFile(name).replace(/\.cjs$/, ''), name]),
    ),
    outdir: 'dist/packages',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
  })

/** What scripts may use besides the language, as code that is loaded into an isolate. */
const scriptPackages = () =>
  build({
    ...common,
    entryPoints: {
      'script-faker': 'src/script/packages/faker.ts',
      'script-jsonpath': 'src/script/packages/jsonpath.ts',
    },
    outdir: 'dist/packages',
    format: 'iife',
    globalName: 'scriptPackage',
    platform: 'neutral',
    mainFields: ['module', 'main'],
  })

/** What runs in browsers: the entry points for them, and what the module imports that svc-mock/msw/vite makes for a page. */
const pages = () =>
  build({
    ...common,
    platform: 'browser',
    target: 'es2023',
    entryPoints: {
      ...ofEntries(published.filter(({ browser }) => browser === true)),
      ...Object.fromEntries(
        ['page', ...pagePackages.map((name) => `packages/${name}`)].map((name) => [
          `page/${name}`,
          `src/page/${name === 'page' ? 'index' : name}.ts`,
        ]),
      ),
    },
    outdir: 'dist',
    chunkNames: 'page/chunks/[name]-[hash]',
    external: peers,
    splitting: true,
    format: 'esm',
  })

const peers = published.flatMap(({ peers }) => peers.flatMap((peer) => [peer, `${peer}/*`]))

const program = async () =>
  build({
    ...common,
    entryPoints: await entryPoints(),
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    external: peers,
    splitting: true,
    format: 'esm',
    banner: { js: banner },
  })

const bundle = async (): Promise<void> => {
  const [types, ...builds] = await Promise.all([
    declarations(root),
    program(),
    pages(),
    packages(),
    scriptPackages(),
  ])
  await replaceDist([...types, ...builds.flatMap(({ outputFiles }) => outputFiles)])
  const inputs = builds.flatMap(({ metafile }) => Object.keys(metafile.inputs))
  const licenses = await thirdPartyLicenses(root, [...new Set(inputs)])
  // Tables made of others' specifications are bundled, too, and are no packages.
  const tables = [
    ["Redis' command specifications (BSD-3-Clause)", 'redis/commands/LICENSE.redis.txt'],
    ["Kafka's message specifications (Apache-2.0)", 'kafka/messages/LICENSE.kafka.txt'],
  ] as const
  const texts = tables.map(async ([title, file]) => {
    const license = await readFile(join(root, 'src/protocols', file), 'utf8')
    return `${'-'.repeat(80)}\n\n${title}\n\n${license}`
  })
  const text = [licenses, ...(await Promise.all(texts))].join('\n')
  await writeFile(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), text)
}

/** File by file, and stale ones last: a program or test that runs meanwhile keeps finding what it needs. */
const replaceDist = async (
  files: readonly (Pick<OutputFile, 'path' | 'contents'> | TextFile)[],
): Promise<void> => {
  const dist = join(root, 'dist')
  for (const { path, contents } of files) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, contents)
  }
  const written = new Set(files.map(({ path }) => path))
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && !written.has(path)) await rm(path)
  }
}

/** What `oclif manifest` writes, without the oclif tool and its 229 packages. */
const manifest = async (): Promise<void> => {
  const pjson = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const plugin = new Plugin({
    root,
    pjson,
    isRoot: true,
    type: 'core',
    name: pjson.name,
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  await writeFile(join(root, 'oclif.manifest.json'), `${JSON.stringify(plugin.manifest)}\n`)
}

const schemas = async (): Promise<void> => {
  await mkdir(join(root, 'schemas'), { recursive: true })
  const published = {
    ...publishedSchemas(
      protocols.flatMap(({ dialect }) => dialect ?? []),
      protocols.flatMap(({ preset }) => preset ?? []),
    ),
    'desensitize.schema.json': {
      title: 'desensitize.yaml',
      ...z.toJSONSchema(desensitizeSchema, { io: 'input' }),
    },
  }
  for (const [name, schema] of Object.entries(published)) {
    await writeFile(join(root, 'schemas', name), `${JSON.stringify(schema, null, 2)}\n`)
  }
  const admin = await readFile(join(root, 'src/control/wiremock/openapi.yaml'))
  await writeFile(join(root, 'schemas/wiremock-admin.openapi.yaml'), admin)
}

await Promise.all([bundle(), schemas()])
await manifest()
