/** `svc-mock/msw/vite`: a Vite plugin that builds a workspace's mocks into a page, as the module `virtual:svc-mock`. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Plugin, parseSync } from 'vite'
import { PageFiles } from '../../../app/page/page-files.ts'
import { pageModule } from '../../../app/page/page-module.ts'
import { refuseOldNode } from '../../node/guard.ts'

export interface SvcMockOptions {
  /** The folder of svc-mock.yaml, or one below it, relative to Vite's root; default: Vite's root. */
  readonly workspace?: string
  /** Services that the page mocks; default: all that speak HTTP. */
  readonly services?: readonly string[]
}

const id = 'virtual:svc-mock'
/** By Rollup's convention no other plugin takes it for a file. */
const resolved = `\0${id}`

/** Mistakes in mock files, and mocks that cannot run in a page, stop the build and stand in Vite's overlay, with their places. */
export const svcMock = ({ workspace = '.', services }: SvcMockOptions = {}): Plugin => {
  refuseOldNode()
  let files: PageFiles | undefined
  return {
    name: 'svc-mock',
    configResolved: ({ root }) => {
      files = new PageFiles({ root, workspace, services, parse: parseSync })
    },
    resolveId: (source) => (source === id ? resolved : undefined),
    async load(source) {
      if (source !== resolved) return undefined
      const built = files!.build()
      // What does not exist cannot be imported, which is what Vite makes of these; the server watches for it below.
      for (const file of built.files) if (existsSync(file)) this.addWatchFile(file)
      for (const text of built.warnings) this.warn(text)
      if (built.mistake !== undefined) this.error(built.mistake)
      return pageModule(built.page!, {
        path: (name) => fileURLToPath(new URL(`../../page/${name}.js`, import.meta.url)),
      })
    },
    configureServer: ({ watcher }) => {
      watcher.add([...files!.watched()])
    },
    hotUpdate({ file, modules }) {
      const own = this.environment.moduleGraph.getModuleById(resolved)
      if (own === undefined || modules.includes(own) || !files!.concerns(file)) return undefined
      this.environment.moduleGraph.invalidateModule(own)
      return [...modules, own]
    },
  }
}
