/** A front end in a temporary folder, with packages as if they were installed there: built and served by Vite. */
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, createServer, type InlineConfig, preview } from 'vite'
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

/** Serves the page as it is written, and again when something changes. */
export const servedApp = async (folder: string): Promise<PageApp> => {
  const server = await createServer(viteConfig(folder, 'development'))
  await server.listen()
  const { port } = server.httpServer!.address() as { readonly port: number }
  return {
    folder,
    url: `http://127.0.0.1:${port}`,
    write: (path, text) => writeFileSync(join(folder, path), text),
    close: () => server.close(),
  }
}

/** The smallest page that answers calls from mocks. */
export const barePage = (
  plugin = 'svcMock()',
  handlers = 'handlers(workspace)',
): Readonly<Record<string, string>> => ({
  'vite.config.ts': `import { msw } from 'msw/vite'
import { svcMock } from 'svc-mock/msw/vite'
export default { plugins: [msw({ mode: 'worker-only' }), ${plugin}] }
`,
  'index.html': '<body><script type="module" src="/main.ts"></script></body>',
  'main.ts': `import { setupWorker } from 'msw/browser'
import { handlers, onUnhandledRequest } from 'svc-mock/msw'
import { workspace } from 'virtual:svc-mock'
await setupWorker(...${handlers}).start({
  quiet: true,
  onUnhandledFrame: onUnhandledRequest('answer', { print: () => undefined }),
})
Object.assign(window, { workspace })
document.body.dataset.ready = 'true'
`,
})
