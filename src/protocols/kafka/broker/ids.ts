/** Names that nobody else has, of the chance that is given. */
import type { Chance } from '../../../core/clock.ts'

/** 32 hexadecimal digits: a UUID of version 4 (RFC 9562), so that it is none of Kafka's reserved ids, which are nearly all zeros. */
export const newHexId = (chance: Chance): string => {
  const bytes = Buffer.from(Array.from({ length: 16 }, () => Math.floor(chance() * 256)))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex')
}

/** With its hyphens, as member ids end. */
export const newUuid = (chance: Chance): string =>
  newHexId(chance).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

/** 22 characters, as Kafka writes the id of a cluster. */
export const newClusterId = (chance: Chance): string =>
  Buffer.from(newHexId(chance), 'hex').toString('base64url')
