/** The engine without a proxy: scripts compiled from texts, calls made by hand. */
import { onTestFinished } from 'vitest'
import { type Call, newTenant, type Tenant } from '../../src/core/call.ts'
import { defaultScriptLimits, type Script, type ScriptLimits, type ScriptRun } from '../../src/core/script.ts'
import { ScriptState } from '../../src/core/script-state.ts'
import { LibraryScripts } from '../../src/script/library-scripts.ts'
import { aCall } from '../support/library.ts'
import { workspace } from '../support/workspace.ts'

export interface Engine {
  /** A module whose result is a plain value. */
  script(source: string): Script
  run(script: Script, options?: RunOptions): Promise<unknown>
}

export interface RunOptions {
  readonly tenant?: Tenant
  readonly limits?: Partial<ScriptLimits>
  readonly state?: ScriptState
  readonly request?: unknown
  /** The request as JSON text. */
  readonly raw?: string
  readonly forward?: ScriptRun['forward']
}

export const engine = (seed?: number): Engine => {
  const scripts = new LibraryScripts({ seed })
  onTestFinished(() => scripts.close())
  const { folder } = workspace({ 'm/x.yaml': 'mocks: []\n' })
  const file = scripts.forFile({
    path: `${folder}/m/x.yaml`,
    display: 'm/x.yaml',
    library: `${folder}/m`,
    root: folder,
    uses: () => undefined,
    locate: () => ({ at: { file: 'm/x.yaml', line: 1, column: 1 }, frame: '' }),
  })
  let made = 0
  return {
    script: (source) => file.script(source, [`s${++made}`], { kind: 'value' }),
    run: async (script, options = {}) => {
      const [json] = await script.run({
        call: callOf(options),
        request: options.raw ?? JSON.stringify(options.request ?? {}),
        state: () => options.state ?? new ScriptState(),
        ...(options.forward !== undefined && { forward: options.forward }),
      })
      return JSON.parse(json!)
    },
  }
}

const callOf = ({ tenant = newTenant('default'), limits }: RunOptions): Call =>
  aCall({ target: '/', tenant, service: { script: { ...defaultScriptLimits, ...limits } } })
