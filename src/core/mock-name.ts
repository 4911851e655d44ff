/** `orders: order is found`: how a mock is named from outside its file, by its service and its name. */

export interface MockName {
  readonly service: string
  readonly mock: string
}

/** undefined: the text does not say which service. Names of mocks may hold colons, those of services do not. */
export const parseMockName = (text: string): MockName | undefined => {
  const found = /^\s*([^:\s][^:]*?)\s*:\s+(\S.*?)\s*$/s.exec(text)
  return found === null ? undefined : { service: found[1]!, mock: plainName(found[1]!, found[2]!) }
}

/** A mock may be called with its service in front; who names it with the service says that once. */
export const plainName = (service: string, name: string): string =>
  name.startsWith(`${service}: `) ? name.slice(service.length + 2) : name

export const formatMockName = ({ service, mock }: MockName): string =>
  `${service}: ${plainName(service, mock)}`
