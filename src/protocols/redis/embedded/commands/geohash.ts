/** Places on earth as 52-bit numbers, the bits of latitude and longitude in turns; and distances (haversine), as Redis computes them. */

export interface Place {
  readonly longitude: number
  readonly latitude: number
}

/** What Web Mercator can show (EPSG:3857). */
export const mostLatitude = 85.05112878
const mostLongitude = 180
const steps = 26
const earthMeters = 6_372_797.560856

const alphabet = '0123456789bcdefghjkmnpqrstuvwxyz'

const encode = ({ longitude, latitude }: Place, latitudes: number): bigint => {
  const cells = 2 ** steps
  let y = Math.floor(((latitude + latitudes) / (2 * latitudes)) * cells)
  let x = Math.floor(((longitude + mostLongitude) / (2 * mostLongitude)) * cells)
  let bits = 0n
  for (let i = 0n; i < steps; i++) {
    bits |= (BigInt(y & 1) << (2n * i)) | (BigInt(x & 1) << (2n * i + 1n))
    y = Math.floor(y / 2)
    x = Math.floor(x / 2)
  }
  return bits
}

export const scoreOf = (place: Place): number => Number(encode(place, mostLatitude))

/** The middle of the cell. */
export const placeOf = (score: number): Place => {
  // Scores that nobody made of a place are none; Redis takes what the processor makes of them.
  const bits = Number.isFinite(score) ? BigInt(Math.trunc(score)) : 0n
  let [x, y] = [0, 0]
  for (let i = steps - 1; i >= 0; i--) {
    y = 2 * y + Number((bits >> BigInt(2 * i)) & 1n)
    x = 2 * x + Number((bits >> BigInt(2 * i + 1)) & 1n)
  }
  const cells = 2 ** steps
  const middle = (cell: number, most: number): number => {
    const low = -most + (cell / cells) * (2 * most)
    const high = -most + ((cell + 1) / cells) * (2 * most)
    return Math.min(most, Math.max(-most, (low + high) / 2))
  }
  return { longitude: middle(x, mostLongitude), latitude: middle(y, mostLatitude) }
}

/** Eleven characters, as on geohash.org; the last holds too few bits and is always 0. */
export const geohash = (score: number): string => {
  const bits = encode(placeOf(score), 90)
  let text = ''
  for (let i = 1; i <= 10; i++) text += alphabet[Number((bits >> BigInt(52 - 5 * i)) & 31n)]
  return `${text}0`
}

const radians = (degrees: number): number => degrees * 0.017453292519943295

const alongMeridian = (a: number, b: number): number => earthMeters * Math.abs(radians(b) - radians(a))

export const metersBetween = (a: Place, b: Place): number => {
  const v = Math.sin((radians(b.longitude) - radians(a.longitude)) / 2)
  if (v === 0) return alongMeridian(a.latitude, b.latitude)
  const [from, to] = [radians(a.latitude), radians(b.latitude)]
  const u = Math.sin((to - from) / 2)
  return 2 * earthMeters * Math.asin(Math.sqrt(u * u + Math.cos(from) * Math.cos(to) * v * v))
}

/** undefined: it lies outside of the box around `center`. */
export const metersInBox = (
  center: Place,
  place: Place,
  width: number,
  height: number,
): number | undefined => {
  if (alongMeridian(place.latitude, center.latitude) > height / 2) return undefined
  const level = { longitude: center.longitude, latitude: place.latitude }
  return metersBetween(place, level) > width / 2 ? undefined : metersBetween(center, place)
}
