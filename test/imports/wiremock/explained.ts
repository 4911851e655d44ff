/** Where WireMock and svc-mock part on purpose; docs/wiremock.md says the same to people. */
import type { Disagreement } from './compare.ts'

/** undefined: nobody knows why, so it is a mistake of ours. */
export const explanationOf = ({
  kind,
  sent,
  wiremock,
  again,
  ours,
  stubs,
}: Disagreement): string | undefined => {
  if (wiremock.startsWith('500 ')) return 'WireMock fails with 500'
  if (again === ours) return 'Jetty takes a header line of the same connection that differs in case only'
  const written = JSON.stringify(stubs)
  if (kind === 'date' && written.includes('truncateActual')) {
    const value = decodeURIComponent(sent.path.split('=')[1] ?? '')
    if (/[+-]\d\d:\d\d$/.test(value)) return 'dates are truncated in UTC, not in their own zone'
    if (/^\d{4}-\d\d-\d\d$/.test(value)) return 'a date without a time is truncated, too'
  }
  if (written.includes('hasExactly')) return 'one value may satisfy several patterns of hasExactly'
  if (written.includes('caseInsensitive') && ['query', 'headers', 'cookies', 'formParameters'].includes(kind))
    return 'of several values only the one that is nearest with its case counts for caseInsensitive'
  if (kind === 'jsonPathSub' && written.includes('"equalToJson":"[]"'))
    return 'a list that a JSONPath does not find is no empty list, when a step before its last one is missing'
  const asText = typeof sent.body === 'string' && sent.body.includes('"a":"1"')
  if (kind === 'matchesJsonPath' && written.includes('@.a == 1') && asText)
    return 'a filter of a JSONPath takes a text for the number that it writes'
  return undefined
}
