/** A front end in a temporary folder, with packages as if they were installed there: built and served by Vite. */
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type InlineConfig, preview } from 'vite'
import { workspace } from './workspace.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface PageApp {
  readonly folder: string
  write(path: string, text: string): void
  /** Where the built page is served. */
  readonly url: string
  close(): Promise<void>
}

/** `from`: a folder that is copied, relative to the repository; `files`: written over it. */
export const appFolder = (from: string | undefined, files: Readonly<Record<string, string>> = {}): string => {
  const { folder } = workspace({}, false)
  if (from !== undefined) cpSync(join(root, from), folder, { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/svc-mock'), 'dir')
  for (const name of ['msw', 'vite'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'dir')
  return folder
}

export const viteConfig = (folder: string, mode: string): InlineConfig => ({
  root: folder,
  configFile: join(folder, 'vite.config.ts'),
  mode,
  logLevel: 'silent',
  clearScreen: false,
  // The packages are links that lead out of the folder.
  server: { host: '127.0.0.1', port: 0, strictPort: false, fs: { strict: false } },
  preview: { host: '127.0.0.1', port: 0 },
})

/** Builds the page and serves it. */
export const builtApp = async (folder: string, mode = 'mocked'): Promise<PageApp> => {
  await build(viteConfig(folder, mode))
  const server = await preview(viteConfig(folder, mode))
  const { port } = server.httpServer.address() as { readonly port: number }
  return {
    folder,
    url: `http://127.0.0.1:${port}`,
    write: (path, text) => writeFileSync(join(folder, path), text),
    close: () => server.close(),
  }
}
