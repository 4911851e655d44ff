/** `svc-mock remove`: packages out of svc-mock.yaml, the lock and the workspace. */
import { chosenPackages } from './chosen.ts'
import { editedConfig } from './library-file.ts'
import type { RemoveView } from './package-view.ts'
import {
  allReady,
  committed,
  makeReady,
  openPackages,
  type PackagesPlace,
  takeOver,
  withStaging,
} from './workspace-packages.ts'

/** Rejects with FLAG_INVALID, CONFIG_INVALID, LOCK_INVALID; as `fetchLibrary` does where another package is missing. */
export const removePackages = async (names: readonly string[], place: PackagesPlace): Promise<RemoveView> => {
  const workspace = openPackages(place)
  const { config, locked } = workspace
  const gone = chosenPackages(workspace, names)
  const removed = gone.map(({ address }) => address.text)
  const edited = editedConfig(config, { add: [], remove: removed })
  const kept = config.packages.filter((one) => !gone.includes(one))
  return withStaging(workspace, async (tools) => {
    const ready = await allReady(
      kept.map(({ address }) => makeReady(address, locked.get(address.text), config.root, tools)),
    )
    await takeOver(workspace, ready, edited)
    return { removed, files: committed(workspace) }
  })
}
