/** Where in a request a fake stands, so that its fixture matches the fake and, with the key, what it stands for. */
import type { Exchange } from '../core/exchange.ts'
import type { MaskedPlaces } from '../core/fixture.ts'
import type { MaskedField } from './desensitizer.ts'

/** Text of unknown meaning is replaced by filler, which stands for nothing. */
const filler = 'free-text'

/** `before` is compared with what it became; nothing of it is kept. */
export const maskedPlaces = (
  before: Exchange,
  after: Exchange,
  masked: readonly MaskedField[],
  earlier?: MaskedPlaces,
): MaskedPlaces => {
  const types = new Map<string, string | undefined>(earlier?.fields)
  for (const { path, type } of masked) {
    if (!path.startsWith('request.')) continue
    const place = path.slice('request.'.length)
    const known = types.get(place)
    // Two kinds in one text: as a whole it is neither.
    types.set(place, types.has(place) && known !== type ? undefined : type)
  }
  const segments = new Map(earlier?.segments)
  const [old, now] = [before, after].map(({ request }) => (request.target ?? '').split('?')[0]!.split('/'))
  const type = types.get('path')
  if (type !== undefined && type !== filler && old!.length === now!.length)
    now!.forEach((segment, i) => {
      if (segment !== old![i]) segments.set(i, type)
    })
  const fields = new Map<string, string>()
  for (const [place, kind] of types) if (kind !== undefined && kind !== filler) fields.set(place, kind)
  return { fields, segments }
}
