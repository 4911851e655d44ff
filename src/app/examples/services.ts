/**
 * Services as examples see them: always in mode mock and without faults of their own, because an example is about
 * mocks, whatever this machine's svc-mock.local.yaml or a drill says.
 */
import type { Config } from '../../config/config.ts'
import type { Definitions } from '../../core/definitions.ts'
import type { Routed } from '../../core/protocol.ts'
import type { ServiceEntry } from '../../core/service-entry.ts'
import { homeOf, Services } from '../../proxy/services.ts'

export interface ExampleServices {
  /** A service's own address; also for one that svc-mock.yaml does not name. */
  home(service: string, protocol: string): Routed
  route(host: string, port: number, path: string): Routed
}

export const exampleServices = (
  config: Config,
  definitions: ReadonlyMap<string, Definitions>,
): ExampleServices => {
  const services = new Services(config, new Map())
  services.setDefinitions(definitions)
  const entries = new Map([...services.entries].map(([name, entry]) => [name, mocked(entry)]))
  const entryOf = (name: string, protocol: string): ServiceEntry => {
    const known = entries.get(name)
    if (known !== undefined) return known
    const entry = mocked({ ...services.unnamed(name, 80), name, protocol, known: true, cors: true })
    entries.set(name, entry)
    return entry
  }
  return {
    home: (name, protocol) => {
      const service = services.configs.get(name)
      const home = service === undefined ? undefined : homeOf(service)
      return {
        service: entryOf(name, protocol),
        target: home ?? { scheme: 'http', host: name, port: 80, basePath: '' },
        basePath: '',
      }
    },
    route: (host, port, path) => {
      const target = { scheme: 'http', host, port, basePath: '' } as const
      const found = services.find(host, port, path)
      if (found === undefined) return { service: services.unnamed(host, port), basePath: '', target }
      return { ...found, service: entries.get(found.service.name)!, target }
    },
  }
}

const mocked = (entry: ServiceEntry): ServiceEntry => ({
  ...entry,
  mode: 'mock',
  onMiss: 'fail',
  faults: undefined,
})
