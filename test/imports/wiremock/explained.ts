/** Where WireMock and svc-mock part on purpose; docs/wiremock.md says the same to people. */
import type { Disagreement } from './compare.ts'

/** undefined: nobody knows why, so it is a mistake of ours. */
export const explanationOf = ({ wiremock }: Disagreement): string | undefined => {
  if (wiremock.startsWith('500 ')) return 'WireMock fails with 500'
  return undefined
}
