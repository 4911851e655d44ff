/** What fetching needs from those who know workspaces and mock files. */
import type { Problem } from '../core/problem.ts'
import type { PackagedService } from './manifest.ts'

/** What mock files hold, and what is wrong with them; places are relative to the package. */
export interface Inspection {
  readonly services: Readonly<Record<string, Omit<PackagedService, 'spec'>>>
  readonly problems: readonly Problem[]
}

export interface FetchTools {
  /** Where npm and git run: the .npmrc of a workspace is found from there. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute folder of tarballs, shared by workspaces. */
  readonly cache: string
  /** Absolute folder that exists; a new one is made in it. */
  readonly into: string
  /** Reads and compiles all mock files below `folder`. */
  inspect(folder: string, library: readonly string[]): Promise<Inspection>
}
