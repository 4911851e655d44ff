/** What was put into a store of contracts, and what it answers, for people. */
import type { DeployAnswer, Published } from '../app/handover/view.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

export const renderPublished = (
  { consumer, version, branch, to, contracts, removed }: Published,
  style: Style,
): string =>
  [
    `${style.bold(`${consumer} ${shortly(version)}`)} (${branch}) in ${to}`,
    ...contracts.map(
      ({ provider, isNew }) => `  with ${provider}  ${style.dim(isNew ? 'new' : 'as published before')}`,
    ),
    ...removed.map(
      (provider) => `  with ${provider}  ${style.yellow('removed, because nothing of it is used')}`,
    ),
  ].join('\n')

export const renderDeployable = (
  { name, version, environment, deployable, rows, reason }: DeployAnswer,
  style: Style,
  width: number,
): string => {
  const table = renderTable(
    ['consumer', 'version', 'provider', 'version', 'verified', 'why'],
    rows.map((row) => [
      row.consumer,
      shortly(row.consumerVersion),
      row.provider,
      row.providerVersion === undefined ? '-' : shortly(row.providerVersion),
      row.ok ? 'yes' : 'no',
      row.reason,
    ]),
    {
      style,
      width,
      paint: (text, column) =>
        column !== 4 ? text : text.trim() === 'yes' ? style.green(text) : style.red(text),
    },
  )
  const verdict = deployable ? style.green('may be deployed') : style.red('must not be deployed')
  return [
    ...(rows.length > 0 ? [table, ''] : []),
    `${name} ${shortly(version)} ${verdict} to ${environment}: ${reason}`,
  ].join('\n')
}

/** As git shortens them. */
const shortly = (version: string): string =>
  /^[0-9a-f]{40,64}$/.test(version) ? version.slice(0, 10) : version
