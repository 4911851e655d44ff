/**
 * Every svc-mock that a call leaves adds a mark of its own and keeps those of others, so that a call that comes
 * back is known, however many of us it has passed.
 */
import { allValues, type Metadata } from '../../core/metadata.ts'

export const hopHeader = 'svcm-hop'

/** Proxies may join lines of one name by commas (RFC 9110 section 5.3). */
export const hopMarks = (metadata: Metadata): readonly string[] => {
  const values = allValues(metadata, hopHeader)
  return values.length === 0 ? values : values.flatMap((value) => value.split(',').map((mark) => mark.trim()))
}
