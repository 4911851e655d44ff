/** `svc-mock add`: packages into svc-mock.yaml, the lock and the workspace; all of them, or none. */
import { SvcMockError } from '../../core/errors.ts'
import { isAddress, type LibraryAddress, parseAddress } from '../../registry/address.ts'
import { npmVersions } from '../../registry/npm.ts'
import { editedConfig } from './library-file.ts'
import { type AddView, packageView } from './package-view.ts'
import {
  allReady,
  committed,
  makeReady,
  openPackages,
  type PackagesPlace,
  takeOver,
  withStaging,
} from './workspace-packages.ts'

/** Rejects with FLAG_INVALID, CONFIG_INVALID, LOCK_INVALID, PACKAGE_CONFLICT, and as `fetchLibrary` does. */
export const addPackages = async (addresses: readonly string[], place: PackagesPlace): Promise<AddView> => {
  const parsed = addresses.map(read)
  const workspace = openPackages(place)
  const { config, locked } = workspace
  const wanted: LibraryAddress[] = []
  for (const address of parsed) {
    const whole = await withRange(address, config.root, place.env)
    if (!wanted.some(({ text }) => text === whole.text)) wanted.push(whole)
  }
  const had = config.packages.map(({ address }) => address)
  const replaced = had.filter(
    (old) =>
      wanted.some((address) => isSamePackage(old, address)) && !wanted.some(({ text }) => text === old.text),
  )
  const fresh = wanted.filter(({ text }) => !had.some((old) => old.text === text))
  const edited =
    fresh.length === 0 && replaced.length === 0
      ? undefined
      : editedConfig(config, {
          add: fresh.map(({ text }) => text),
          remove: replaced.map(({ text }) => text),
        })
  const others = had.filter((old) => !replaced.includes(old) && !wanted.some(({ text }) => text === old.text))
  return withStaging(workspace, async (tools) => {
    const ready = await allReady([
      ...others.map((address) => makeReady(address, locked.get(address.text), config.root, tools)),
      // Who says add again wants what there is now.
      ...wanted.map((address) => makeReady(address, undefined, config.root, tools)),
    ])
    await takeOver(workspace, ready, edited)
    return {
      added: ready.slice(others.length).map((one) => packageView(one, config)),
      replaced: replaced.map(({ text }) => text),
      files: committed(workspace),
    }
  })
}

const read = (text: string): LibraryAddress => {
  const parsed = parseAddress(text)
  if (parsed.ok) return parsed.value
  const bare = isAddress(text) ? undefined : parseAddress(`npm:${text}`)
  throw new SvcMockError('FLAG_INVALID', parsed.message, {
    hint: bare?.ok === true ? `of an npm registry: svc-mock add npm:${text}` : parsed.hint,
  })
}

/** A package without a range is asked for as npm does: from the newest version on, within its major version. */
const withRange = async (
  address: LibraryAddress,
  cwd: string,
  env: PackagesPlace['env'],
): Promise<LibraryAddress> => {
  if (address.kind === 'git' || address.text !== `npm:${address.name}`) return address
  const { wanted } = await npmVersions(address, { cwd, env })
  return read(`npm:${address.name}@^${wanted}`)
}

const isSamePackage = (one: LibraryAddress, other: LibraryAddress): boolean =>
  one.kind === 'npm'
    ? other.kind === 'npm' && one.name === other.name
    : other.kind === 'git' && one.url === other.url
