/** Drills of a running proxy, by command. */
import { findRunning } from '../control/find-running.ts'
import type { DrillView } from './running.ts'

export interface DrillTarget {
  readonly root: string
  readonly pid: number | undefined
}

export const listDrills = async ({ root, pid }: DrillTarget): Promise<readonly DrillView[]> =>
  (await findRunning(root, pid)).drills()

export const startDrill = async ({ root, pid }: DrillTarget, name: string): Promise<DrillView> =>
  (await findRunning(root, pid)).startDrill(name)

/** `name` undefined: all that run. */
export const stopDrill = async (
  { root, pid }: DrillTarget,
  name: string | undefined,
): Promise<readonly DrillView[]> => (await findRunning(root, pid)).stopDrill(name)
