/** What is looked at in a workspace when its packages have changed. One more is a line in the array. */
import type { Problem } from '../../core/problem.ts'
import type { Config } from '../workspace.ts'
import type { UpdatedPackage } from './package-view.ts'

/** `config` has the new packages, installed. What it finds is told beside the changes; errors make the command exit with 1. */
export type AfterUpdate = (config: Config, updated: readonly UpdatedPackage[]) => Promise<readonly Problem[]>

export const afterUpdate: readonly AfterUpdate[] = []
