/**
 * Which files of a library are mock files: those with a top-level `mocks`, or `preset` and `protocol`. All others are data, for `bodyFile` and
 * the like, and may hold anything. Most data is told by a glance at the text, without parsing it.
 */
const extension = /\.(ya?ml|json)$/i
const mocksKey = /(?:^|[\n{,])[\s"']*mocks["']?\s*:/
const presetKey = /(?:^|[\n{,])[\s"']*preset["']?\s*:/
const protocolKey = /(?:^|[\n{,])[\s"']*protocol["']?\s*:/
const slip =
  /^["']?(mock|moks|mokcs|mcoks|stubs|expectations|service|protocol|request|response|preset)["']?\s*:/m
const slipLimit = 64 * 1024

export const mayHoldMocks = (name: string): boolean => extension.test(name)

export type Glance = 'mocks' | 'data' | 'suspicious'

/** A list of mocks without `mocks:` above it. */
const bareList = (text: string): boolean => /^- /m.test(text) && /^(?:- |\s+)request\s*:/m.test(text)

/** `suspicious`: no `mocks`, but a line that only a mock file would begin with. */
export const glance = (text: string, name: string): Glance => {
  if (mocksKey.test(text) || (presetKey.test(text) && protocolKey.test(text))) return 'mocks'
  const small = !name.endsWith('.json') && text.length < slipLimit
  return small && (slip.test(text) || bareList(text)) ? 'suspicious' : 'data'
}
