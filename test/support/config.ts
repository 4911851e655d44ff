/** A configuration from the text of svc-mock.yaml. */
import { bodyConditions, textConditions } from '../../src/app/text-conditions.ts'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { workspace } from './workspace.ts'

/** Throws what is wrong with it. */
export const loadedConfig = (yaml: string, files: Readonly<Record<string, string>> = {}): Config => {
  const space = workspace({ 'svc-mock.yaml': yaml, ...files })
  const { config, problems } = loadConfig({
    cwd: space.folder,
    env: { XDG_CONFIG_HOME: process.env['XDG_CONFIG_HOME']! },
    flags: {},
    compileText: textConditions(),
    compileBody: bodyConditions(),
  })
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join('\n'))
  return config
}
