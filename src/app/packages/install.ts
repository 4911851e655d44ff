/** `svc-mock install`: the workspace gets exactly what the lock says; what the lock does not know yet is added to it. */
import { SvcMockError } from '../../core/errors.ts'
import { type InstallView, packageView } from './package-view.ts'
import {
  allReady,
  committed,
  makeReady,
  openPackages,
  type PackagesPlace,
  takeOver,
  withStaging,
} from './workspace-packages.ts'

/** `frozen`: the lock must be complete as it is. Rejects with LOCK_INVALID, PACKAGE_CONFLICT, and as `fetchLibrary` does. */
export const installPackages = async (
  { frozen }: { readonly frozen: boolean },
  place: PackagesPlace,
): Promise<InstallView> => {
  const workspace = openPackages(place)
  const { config, locked } = workspace
  const addresses = config.packages.map(({ address }) => address)
  const [yaml, lock] = committed(workspace)
  const fresh = addresses.map(({ text }) => text).filter((text) => !locked.has(text))
  const stale = [...locked.keys()].filter((text) => !addresses.some((address) => address.text === text))
  if (frozen && fresh.length + stale.length > 0) {
    const why = fresh.length > 0 ? `it does not know ${fresh.join(', ')}` : `it has ${stale.join(', ')} still`
    throw new SvcMockError('LOCK_INVALID', `${lock} does not fit ${yaml}: ${why}`, {
      hint: `say svc-mock install without --frozen, and commit ${lock}`,
    })
  }
  return withStaging(workspace, async (tools) => {
    const ready = await allReady(
      addresses.map((address) => makeReady(address, locked.get(address.text), config.root, tools)),
    )
    await takeOver(workspace, ready)
    return {
      installed: ready
        .filter(({ unpacked }) => unpacked !== undefined)
        .map((one) => packageView(one, config)),
      unchanged: ready
        .filter(({ unpacked }) => unpacked === undefined)
        .map((one) => packageView(one, config)),
      locked: fresh,
      unlocked: stale,
      lock,
    }
  })
}
