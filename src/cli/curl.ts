/** A call as a curl line through the proxy, safe to paste into a POSIX shell. */
import type { SampleCall } from '../app/sample-call.ts'

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

export const curlLine = ({ method, url, headers, body }: SampleCall, listen: string): string => {
  const implied = body === undefined ? 'GET' : 'POST'
  return [
    `curl -x http://${listen}`,
    ...(method === implied ? [] : [`-X ${quoted(method)}`]),
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-d ${quoted(body)}`]),
    quoted(url),
  ].join(' ')
}
