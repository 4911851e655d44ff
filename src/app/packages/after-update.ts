/** What is looked at in a workspace when its packages have changed. One more is a line in the array. */
import type { Problem } from '../../core/problem.ts'
import { deadOverrides } from '../dead-overrides.ts'
import { ServiceDefinitions } from '../definitions.ts'
import { libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import type { Config } from '../workspace.ts'
import type { UpdatedPackage } from './package-view.ts'

/** `config` has the new packages, installed. What it finds is told beside the changes; errors make the command exit with 1. */
export type AfterUpdate = (config: Config, updated: readonly UpdatedPackage[]) => Promise<readonly Problem[]>

/** Overrides that name nothing any more. */
const overrides: AfterUpdate = async (config, updated) => {
  const library = MockLibrary.open(
    config,
    await libraryTools({ definitions: await ServiceDefinitions.load(config) }),
  )
  try {
    return deadOverrides(
      library,
      updated.flatMap(({ changes }) => changes.removed),
    )
  } finally {
    library.close()
  }
}

export const afterUpdate: readonly AfterUpdate[] = [overrides]
