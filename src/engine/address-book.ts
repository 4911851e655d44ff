/** Which service an address belongs to, and where a service is: for whoever must know before a call is made. */

import { formatHost, parseTarget } from '../protocols/http/target.ts'
import { homeOf, Services, type ServicesConfig } from '../proxy/services.ts'

export interface AddressBook {
  /** The service's name; undefined: none names the address. */
  serviceAt(url: string): string | undefined
  /** `http://orders.test.example.com/base`, by the first of its `hosts` that is one address; undefined: it has none. */
  addressOf(service: string): string | undefined
}

const defaultPorts = { http: 80, https: 443 } as const

export const addressBook = (config: ServicesConfig): AddressBook => {
  const services = new Services(config, new Map())
  return {
    serviceAt: (url) => {
      const target = parseTarget(url)
      if (target?.authority === undefined) return undefined
      const { host, port = defaultPorts[target.scheme] } = target.authority
      return services.find(host, port, target.path)?.service.name
    },
    addressOf: (name) => {
      const service = services.configs.get(name)
      const home = service === undefined ? undefined : homeOf({ ...service, upstream: undefined })
      return home === undefined ? undefined : `http://${formatHost('http', home)}${home.basePath}`
    },
  }
}
