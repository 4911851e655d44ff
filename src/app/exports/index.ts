/** All formats to export but Pact, which has a way of its own (`pact/`). */
import type { ExportFormat } from './format.ts'

export const exportFormats: readonly ExportFormat[] = []
