/** A workspace whose folder `pkg/` counts as an installed package. */
import { type Library, openLibrary } from '../../src/app/library.ts'
import { libraryTools } from '../../src/app/library-tools.ts'
import { MockLibrary } from '../../src/app/mock-library.ts'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { type TestWorkspace, workspace } from './workspace.ts'

export interface Packaged extends TestWorkspace {
  readonly config: Config
  library(): Promise<MockLibrary>
  opened(): Promise<Library>
}

export const packagedConfig = (config: Config): Config => ({
  ...config,
  library: config.library.map((one) =>
    one.display === 'pkg'
      ? {
          ...one,
          origin: { address: 'npm:@acme/orders-mocks@^1', name: '@acme/orders-mocks', version: '1.4.2' },
        }
      : one,
  ),
})

/** `yaml`: lines of svc-mock.yaml besides library and services. */
export const packaged = (files: Readonly<Record<string, string>>, yaml = ''): Packaged => {
  const space = workspace({
    'svc-mock.yaml': `library: [./mocks, ./pkg]\nservices: { orders: {} }\n${yaml}`,
    'mocks/.keep': '',
    'pkg/.keep': '',
    ...files,
  })
  const loaded = loadConfig({ cwd: space.folder, env: {}, flags: {} })
  if (loaded.config === undefined) throw new Error(loaded.problems.map(({ message }) => message).join('\n'))
  const config = packagedConfig(loaded.config)
  return {
    ...space,
    config,
    library: async () => MockLibrary.open(config, await libraryTools()),
    opened: () => openLibrary(config),
  }
}
