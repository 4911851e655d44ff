/** Drills, for people. */
import type { DrillView } from '../app/running.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

export const renderDrills = (drills: readonly DrillView[], style: Style, width: number): string => {
  if (drills.length === 0) return 'no drills yet: write drills/<name>.yaml'
  const rows = drills.map((drill) => [
    drill.name,
    stateOf(drill),
    drill.for ?? '',
    drill.faults.map(({ service, fault }) => `${service}: ${fault}`).join('; '),
    drill.description ?? '',
  ])
  return renderTable(['drill', '', 'for', 'faults', ''], rows, { style, width })
}

const stateOf = ({ running, endsAt }: DrillView): string => {
  if (!running) return ''
  return endsAt === undefined ? 'runs' : `runs until ${new Date(endsAt).toLocaleTimeString()}`
}
