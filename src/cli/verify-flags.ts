/** What flags of `svc-mock verify --provider` mean. */
import { type StateSetup, stateCommand, stateUrl } from '../app/contract/provider-states.ts'
import { SvcMockError } from '../core/errors.ts'

type Header = readonly [string, string]

export const providerUrl = (text: string): URL => {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new SvcMockError('FLAG_INVALID', `--provider ${text} is no address`, {
    hint: 'write http://127.0.0.1:8080 or https://orders.test.example.com/api',
  })
}

/** Flags win over SVC_MOCK_VERIFY_HEADERS, where credentials of CI belong. */
export const headersOf = (
  flags: readonly string[] = [],
  { SVC_MOCK_VERIFY_HEADERS = '' }: Readonly<Record<string, string | undefined>>,
): readonly Header[] => {
  const read = [...SVC_MOCK_VERIFY_HEADERS.split('\n').filter((line) => line.trim() !== ''), ...flags].map(
    headerOf,
  )
  return [...new Map(read.map((header) => [header[0].toLowerCase(), header])).values()]
}

const headerOf = (text: string): Header => {
  const found = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*:\s*([\t\x20-\x7e\x80-\xff]*?)\s*$/.exec(text)
  if (found !== null) return [found[1]!, found[2]!]
  // It may be a credential: what it says is not shown.
  throw new SvcMockError('FLAG_INVALID', '--header has a value that is no header', {
    hint: "write --header 'authorization: Bearer …'",
  })
}

export const stateSetup = (
  flags: { readonly 'state-url'?: string | undefined; readonly 'state-command'?: string | undefined },
  headers: readonly Header[],
  { root, name }: { readonly root: string; readonly name?: string | undefined },
): StateSetup | undefined => {
  const { 'state-url': url, 'state-command': command } = flags
  if (url !== undefined) {
    if (URL.parse(url) === null) throw new SvcMockError('FLAG_INVALID', `--state-url ${url} is no address`)
    return stateUrl(url, name, headers)
  }
  return command === undefined ? undefined : stateCommand(command, root)
}
