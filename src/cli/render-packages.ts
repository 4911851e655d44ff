/** What became of mock packages, for people. */
import type { MockChanges, NamedMock } from '../app/packages/changes.ts'
import type {
  AddView,
  InstallView,
  OutdatedPackage,
  PackageView,
  RemoveView,
  UpdateView,
} from '../app/packages/package-view.ts'
import { renderProblems } from './render-problems.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

const commitHint = (files: readonly string[], style: Style): string =>
  style.dim(`commit ${files.join(' and ')}`)

const packageLines = ({ address, name, version, commit, services }: PackageView, style: Style): string[] => {
  const at = commit === null || commit.startsWith(version) ? '' : `, ${commit.slice(0, 12)}`
  return [
    `${style.bold(`${name} ${version}`)}${style.dim(`${at}  ${address}`)}`,
    ...services.map(({ name: service, versions, mocks, used }) => {
      const held = [service, versions.join(', ')].filter((part) => part !== '').join(' ')
      return `  ${held}  ${style.dim(count(mocks, 'mock'))}${used ? '' : style.yellow('  not used')}`
    }),
  ]
}

/** Services that are there for nothing, because svc-mock.yaml does not name them. */
const unusedHint = (packages: readonly PackageView[], style: Style): string[] => {
  const unused = packages.flatMap(({ services }) => services.filter(({ used }) => !used))
  if (unused.length === 0 || packages.some(({ services }) => services.some(({ used }) => used))) return []
  const lines = unused.map(({ name }) => `  ${name}: { hosts: [${name}.test.example.com] }`)
  return [
    '',
    `${style.cyan('hint:')} nothing of it is used until svc-mock.yaml names the service:`,
    'services:',
    ...lines,
  ]
}

export const renderAdded = ({ added, replaced, files }: AddView, style: Style): string =>
  [
    ...added.flatMap((one) => packageLines(one, style)),
    ...replaced.map((address) => style.dim(`instead of ${address}`)),
    ...unusedHint(added, style),
    ...(added.length > 0 ? ['', commitHint(files, style)] : []),
  ].join('\n')

export const renderRemoved = ({ removed, files }: RemoveView, style: Style): string =>
  [...removed.map((address) => `removed ${style.bold(address)}`), commitHint(files, style)].join('\n')

export const renderInstalled = (
  { installed, unchanged, locked, unlocked, lock }: InstallView,
  style: Style,
): string => {
  const changed = [
    ...locked.map((address) => `${lock} has ${address} now`),
    ...unlocked.map((address) => `${lock} has ${address} no more`),
  ]
  const kept = unchanged.length > 0 ? [`${count(unchanged.length, 'package')} there already`] : []
  if (installed.length + unchanged.length === 0 && changed.length === 0)
    return 'svc-mock.yaml names no packages; add one: svc-mock add npm:<name>'
  return [
    ...installed.flatMap((one) => packageLines(one, style)),
    ...kept,
    ...(changed.length > 0 ? ['', ...changed, commitHint([lock], style)] : []),
  ].join('\n')
}

export const renderOutdated = (packages: readonly OutdatedPackage[], style: Style, width: number): string => {
  if (packages.length === 0) return 'svc-mock.yaml names no packages; add one: svc-mock add npm:<name>'
  const old = packages.filter(({ state }) => state !== 'current')
  if (old.length === 0) return `${style.green('good:')} ${count(packages.length, 'package')} up to date`
  const table = renderTable(
    ['package', 'locked', 'in range', 'latest', ''],
    old.map(({ name, current, wanted, latest, state }) => [
      name,
      current ?? 'not locked',
      wanted,
      latest,
      state === 'update' ? `svc-mock update ${name}` : `svc-mock add npm:${name}@^${latest}`,
    ]),
    {
      style,
      width,
      paint: (text, column) => (column === 2 ? style.green(text) : column === 4 ? style.dim(text) : text),
    },
  )
  const current = packages.length - old.length
  return current === 0 ? table : `${table}\n\n${count(current, 'other package')} up to date`
}

const mockName = ({ service, version, name }: NamedMock): string =>
  `${[service, version].filter((part) => part !== undefined).join(' ')}: ${name}`

const changeLines = ({ added, removed, changed }: MockChanges, style: Style): string[] => {
  const lines = [
    ...added.map((mock) => style.green(`  added    ${mockName(mock)}`)),
    ...changed.map((mock) => {
      const from = 'from' in mock ? ` (was of ${mock.from ?? 'no version'})` : ''
      return style.yellow(`  changed  ${mockName(mock)}${from}`)
    }),
    ...removed.map((mock) => style.red(`  removed  ${mockName(mock)}`)),
  ]
  return lines.length > 0 ? lines : [style.dim('  no mock has changed')]
}

export const renderUpdated = ({ updated, unchanged, problems, files }: UpdateView, style: Style): string => {
  const blocks = updated.map(({ name, from, to, changes }) => {
    const title = from === null ? `${name} ${to}` : `${name} ${from} -> ${to}`
    return [style.bold(title), ...changeLines(changes, style)].join('\n')
  })
  const kept = unchanged.map(({ name, version }) => `${name} ${version} is what its address means still`)
  if (blocks.length + kept.length === 0)
    return 'svc-mock.yaml names no packages; add one: svc-mock add npm:<name>'
  return [
    ...blocks,
    ...(kept.length > 0 ? [kept.join('\n')] : []),
    ...(problems.length > 0 ? [renderProblems(problems, style)] : []),
    ...(files.length > 0 ? [commitHint(files, style)] : []),
  ].join('\n\n')
}
