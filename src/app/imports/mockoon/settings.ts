/** What an environment says of all its routes: told where no mock says it. */
import type { MadeMock } from '../generated-file.ts'
import type { JsonNode } from '../source/json-node.ts'
import type { Things } from '../source/things.ts'
import { newestMigration } from './environment-file.ts'

type Headers = (node: JsonNode) => readonly (readonly [string, string])[]

/** Adds the mock that asks the real service for all else, where the environment is a proxy. */
export const settingsOf = (
  root: JsonNode,
  things: Things,
  {
    headers,
    mocks,
    templated,
  }: { readonly headers: Headers; readonly mocks: MadeMock[]; readonly templated: boolean },
): void => {
  const told = (key: string, outcome: 'changed' | 'not possible', text: string): void =>
    things.setting('environment', root.get(key), outcome, text)
  told('routes', 'changed', 'paths count with case and with a slash at their end; Mockoon takes both ways')
  if (templated)
    told(
      'routes',
      'changed',
      'what templates put in is not escaped for HTML; Mockoon does that, but for bodies and queries',
    )
  if (root.get('proxyMode').boolean() === true) {
    told(
      'proxyHost',
      'changed',
      `other calls are asked of the real service that svc-mock.yaml names; Mockoon asked ${root.get('proxyHost').text() ?? ''}`,
    )
    const added = Object.fromEntries(headers(root.get('proxyResHeaders')))
    mocks.push({
      name: 'everything else is asked of the real service',
      request: {},
      upstream: Object.keys(added).length === 0 ? {} : { patch: { headers: { set: added } } },
    })
    if (root.get('proxyReqHeaders').items().length > 0)
      told('proxyReqHeaders', 'not possible', 'headers that are added to what the real service is asked')
    if (root.get('proxyRemovePrefix').boolean() === true)
      told('proxyRemovePrefix', 'not possible', 'the prefix stays in what the real service is asked')
  } else root.skip('proxyHost', 'proxyRemovePrefix', 'proxyReqHeaders', 'proxyResHeaders')
  if (root.get('cors').boolean() === true)
    told('cors', 'changed', 'preflights are answered by svc-mock, as cors in svc-mock.yaml says')
  const tls = root.get('tlsOptions')
  if (tls.get('enabled').boolean() === true)
    told('tlsOptions', 'not possible', 'certificates are svc-mock’s own')
  else tls.skip()
  if (root.get('callbacks').items().length > 0)
    told('callbacks', 'not possible', 'callbacks are not made: a mock answers, and calls nobody')
  root.skip('data', 'headers')
  const migration = root.get('lastMigration').number() ?? 0
  if (migration > newestMigration)
    told(
      'lastMigration',
      'changed',
      `written by a newer Mockoon (migration ${migration}): what it has since is read by what it is called`,
    )
}
