/** A proxy whose mocks are scripts, and calls to it through a port of its own. */
import { proxy, type TestProxy, type TestProxyOptions } from '../support/proxy.ts'

export interface Scripted {
  readonly test: TestProxy
  ask(
    path: string,
    init?: RequestInit,
  ): Promise<{ readonly status: number; readonly body: Asked; readonly headers: Headers }>
}

/** JSON, or a problem document. */
export type Asked = Readonly<Record<string, unknown>> & {
  readonly code?: string
  readonly at?: string
  readonly title?: string
}

/** `mocks`: a script by path; `files`: more files of the workspace. */
export const scripted = async (
  mocks: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
  options: TestProxyOptions & { readonly upstream?: string } = {},
): Promise<Scripted> => {
  const text = Object.entries(mocks).map(
    ([path, source]) =>
      `  - request: { path: '${path}' }\n    script: |\n${source.replace(/^/gm, '      ')}\n`,
  )
  const service = `{ listen: '127.0.0.1:0'${options.upstream === undefined ? '' : `, upstream: '${options.upstream}'`} }`
  const test = await proxy(
    {
      'svc-mock.yaml': `services:\n  orders: ${service}\n`,
      'mocks/orders/1.0.0/x.yaml': `mocks:\n${text.join('')}  - request: { path: /static }\n    response: { body: { ok: true } }\n`,
      ...files,
    },
    options,
  )
  const port = test.ownPort('orders')
  return {
    test,
    ask: async (path, init) => {
      const reply = await fetch(`http://127.0.0.1:${port}${path}`, init)
      const type = reply.headers.get('content-type') ?? ''
      const read = await reply.text()
      return {
        status: reply.status,
        headers: reply.headers,
        body: (/json/.test(type) ? JSON.parse(read) : { text: read }) as Asked,
      }
    },
  }
}
