/** What `start` says first: who listens where, each service, and lines of curl and grpcurl to try. */
import type { Running, ServiceView } from '../app/running.ts'
import type { Sample } from '../app/sample-call.ts'
import { sampleLine } from './curl.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

export interface ReadyLine {
  readonly type: 'ready'
  readonly listen: string
  readonly services: readonly {
    readonly name: string
    readonly protocol: string
    readonly mode: string
    readonly version: string | null
    readonly listen: string | null
    /** The certificate of its upstream is not verified; absent otherwise. */
    readonly insecure?: true
  }[]
}

export const readyLine = (running: Running): ReadyLine => ({
  type: 'ready',
  listen: running.listen,
  services: running.services().map(({ name, protocol, mode, version, listen, insecure }) => ({
    name,
    protocol,
    mode,
    version: version ?? null,
    listen: listen ?? null,
    ...(insecure && { insecure }),
  })),
})

const addressOf = ({ mode, hosts, upstream }: ServiceView): string => {
  const shown = hosts.slice(0, 2).join(', ') + (hosts.length > 2 ? ` +${hosts.length - 2}` : '')
  // An embedded server is asked in every mode.
  return upstream !== undefined && (mode !== 'mock' || upstream === 'embedded')
    ? `${shown} -> ${upstream}`
    : shown
}

export const renderServices = (services: readonly ServiceView[], style: Style, width: number): string =>
  [serviceTable(services, style, width), ...insecureLines(services, style)].join('\n')

/** Red, because nobody should get used to it. */
export const insecureLines = (services: readonly ServiceView[], style: Style): string[] =>
  services.flatMap(({ name, insecure }) =>
    insecure ? [style.red(`${name}: insecure, the certificate of its upstream is not verified`)] : [],
  )

const serviceTable = (services: readonly ServiceView[], style: Style, width: number): string =>
  renderTable(
    ['service', 'mode', 'version', 'mocks', 'hosts', 'own port'],
    services.map((service) => [
      service.name,
      service.insecure ? `${service.mode}, insecure` : service.mode,
      service.version ?? '-',
      String(service.mocks),
      addressOf(service),
      service.listen ?? '-',
    ]),
    {
      style,
      width,
      paint: (text, column) =>
        column === 0 ? style.bold(text) : / insecure *$/.test(text) ? style.red(text) : text,
    },
  )

export const renderReady = (
  running: Running,
  samples: readonly Sample[],
  style: Style,
  width: number,
): string => {
  const services = running.services()
  const table =
    services.length === 0
      ? style.dim('no services yet: add them to svc-mock.yaml')
      : renderServices(services, style, width)
  const faults = services.flatMap(({ name, fault }) =>
    fault === undefined ? [] : [`${style.yellow('fault:')} ${name}: ${fault}`],
  )
  const lines = [`svc-mock listens on ${style.bold(`http://${running.listen}`)}`, '', table, ...faults, '']
  if (samples.length > 0) {
    lines.push('try:', ...samples.map((sample) => `  ${style.cyan(sampleLine(sample, running.listen))}`), '')
  }
  return lines.join('\n')
}

/** Addresses that other machines reach are said in a box, on stderr. */
export const renderRemoteWarning = (addresses: readonly string[], style: Style): string => {
  const lines = ['other machines can call this svc-mock:', ...addresses.map((address) => `  ${address}`)]
  const inner = Math.max(...lines.map((line) => line.length))
  const edge = '═'.repeat(inner + 2)
  const boxed = lines.map((line) => `║ ${line.padEnd(inner)} ║`)
  return style.yellow([`╔${edge}╗`, ...boxed, `╚${edge}╝`].join('\n'))
}
