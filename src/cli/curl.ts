/** A call as a line of curl or grpcurl through the proxy, safe to paste into a POSIX shell. */
import type { Sample, SampleCall, SampleRpc } from '../app/sample-call.ts'

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

/** It asks for the definitions by reflection, which svc-mock answers. */
const grpcurlLine = ({ operation, authority, metadata, messages }: SampleRpc, listen: string): string =>
  [
    `grpcurl -plaintext -authority ${quoted(authority)}`,
    ...metadata.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(messages.length === 0 ? [] : [`-d ${quoted(messages.join(' '))}`]),
    listen,
    operation,
  ].join(' ')

export const sampleLine = (sample: Sample, listen: string): string =>
  'operation' in sample ? grpcurlLine(sample, listen) : curlLine(sample, listen)
