/** services x versions x mocks, for people. */
import type { ListedService, ListView } from '../app/list-view.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

/** Keys by the file that they stand in. */
const presetLines = ({ presets }: ListedService): string[] =>
  [...Map.groupBy(presets, ({ file }) => file)].map(([file, some]) => {
    const names = some.slice(0, 5).map(({ name }) => name)
    return `  preset: ${names.join(', ')}${some.length > 5 ? ` and ${some.length - 5} more` : ''}  ${file}`
  })

const serviceLines = (service: ListedService, style: Style, width: number): string[] => {
  const fault = service.fault === undefined ? '' : `; fault: ${service.fault}`
  const unread =
    service.intercepted || ['tcp', 'redis', 'kafka'].includes(service.protocol) ? '' : '; TLS passes unread'
  const insecure = service.insecure
    ? `  ${style.red('insecure, the certificate of its upstream is not verified')}`
    : ''
  const facts = `${service.protocol}, ${service.mode}, ${service.embedded ? 'embedded, ' : ''}${service.hosts.join(', ')}${unread}${fault}`
  const title = `${style.bold(service.name)}  ${style.dim(facts)}${insecure}`
  const unmocked =
    service.unmocked.length === 0 ? [] : [style.yellow(`no mock answers ${service.unmocked.join(', ')}`)]
  const presets = presetLines(service)
  if (service.versions.length === 0)
    return [title, ...(presets.length > 0 ? presets : [style.dim('  no mocks')]), ...unmocked]
  const blocks = service.versions.flatMap(({ version, used, mocks }) => {
    const note = used ? '' : ` (not in ${service.range ?? 'use'})`
    const rows = mocks.map((mock) => [
      `  ${mock.name}`,
      mock.request,
      mock.place,
      [
        ...(mock.does === undefined ? [] : [mock.does]),
        ...mock.notes,
        ...(mock.extends === undefined ? [] : [`extends ${mock.extends}`]),
        // A mock that extends says so itself.
        ...(mock.extends === undefined && mock.inPlaceOf.length > 0
          ? [`in place of ${mock.inPlaceOf.join(', ')}`]
          : []),
        ...(mock.outOfForce === undefined ? [] : [mock.outOfForce]),
        ...(mock.overriddenBy.length > 0 ? [`overridden by ${mock.overriddenBy.join(', ')}`] : []),
      ].join('; '),
    ])
    const table = renderTable(['  mock', 'request', 'where', ''], rows, { style, width })
    return [
      `${version ?? 'no version'}${style.dim(`${note}, ${mocks.length} mock${mocks.length === 1 ? '' : 's'}`)}`,
      table,
    ]
  })
  return [title, ...blocks, ...unmocked]
}

export const renderList = ({ services, unconfigured }: ListView, style: Style, width: number): string => {
  const blocks = services.map((service) => serviceLines(service, style, width).join('\n'))
  if (unconfigured.length > 0) {
    blocks.push(
      style.yellow(`mock files name services that svc-mock.yaml does not: ${unconfigured.join(', ')}`),
    )
  }
  return blocks.length > 0 ? blocks.join('\n\n') : 'no services yet: add them to svc-mock.yaml'
}
