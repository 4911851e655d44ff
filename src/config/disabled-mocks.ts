/** `disable`: mocks that are switched off by name. Whether they exist is known when the library is read. */
import { parseMockName } from '../core/mock-name.ts'
import { nearest } from '../yaml/nearest.ts'
import type { DisabledMock, ServiceConfig } from './config.ts'
import type { Report } from './report.ts'

export const readDisabled = (
  listed: readonly string[] | undefined,
  services: readonly ServiceConfig[],
  report: Report,
): readonly DisabledMock[] =>
  (listed ?? []).flatMap((text, i) => {
    const path = ['disable', i]
    const name = parseMockName(text)
    if (name === undefined) {
      report.add(path, {
        message: `${JSON.stringify(text)} does not say whose mock it is`,
        hint: "write the service and the mock's name: 'orders: order is found'",
      })
      return []
    }
    const known = services.map((service) => service.name)
    if (!known.includes(name.service)) {
      const near = nearest(name.service, known)
      report.add(path, {
        message: `there is no service ${name.service}`,
        hint: near === undefined ? `services: ${known.join(', ') || 'none'}` : `did you mean ${near}?`,
      })
      return []
    }
    return [{ ...name, ...report.layerOf(path).locate(path) }]
  })
