/**
 * Keys that fall back to the baseline: read there until the tenant writes them. The first write copies the baseline's
 * value and leaves a mark, so that a key that the tenant has deleted stays deleted.
 */
import { type ArgumentsView, keysOf } from '../commands/key-positions.ts'
import type { Command } from '../commands/table.ts'
import type { Names } from '../names.ts'
import { overlayScript } from '../overlay-script.ts'
import { Refusal } from '../refusal.ts'
import { isError } from '../resp/value.ts'
import type { Connection } from '../treatments/treatment.ts'

export interface OverlayKey {
  readonly place: number
  readonly key: Buffer
  readonly reads: boolean
}

export const overlayKeys = (
  command: Command,
  view: ArgumentsView,
  args: readonly Buffer[],
  names: Names,
): readonly OverlayKey[] => {
  const found: OverlayKey[] = []
  keysOf(command.specs, view, (place, { reads }) => {
    const key = args[place]!
    if (names.policy(key) === 'overlay') found.push({ place, key, reads })
  })
  return found
}

/** Makes the key the tenant's own. */
export const touchCommand = (key: Buffer, names: Names): readonly (string | Uint8Array)[] => [
  'EVAL',
  overlayScript,
  '3',
  names.mark(key),
  key,
  names.own(key),
]

/** Puts into `wire` where the key is. Throws a Refusal with the server's words when it could not be copied. */
export const resolveOverlay = async (
  { place, key, reads }: OverlayKey,
  wire: Buffer[],
  connection: Connection,
): Promise<void> => {
  const { names } = connection
  if (!reads) {
    const touched = await connection.ask(...touchCommand(key, names))
    if (isError(touched)) throw new Refusal(names.hide(touched.text!).toString('latin1'))
    return
  }
  const marked = await connection.ask('EXISTS', names.mark(key))
  if (marked.text?.toString('latin1') === '0') wire[place] = key
}
