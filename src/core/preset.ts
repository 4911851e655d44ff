/**
 * Presets: what a tenant finds in an embedded server before anybody has written to it. What `preset:` of a mock file may hold
 * is the protocol's own affair; files are read and held in force by `mock/`, which knows no protocol.
 */
import type { ZodType } from 'zod'
import type { ResponseFiles } from './dialect.ts'

export interface PresetDialect {
  readonly protocol: string
  /** The one source of validation and of the published JSON Schema. */
  readonly schema: ZodType
  /** Throws SpecError, its path from the section's root. Reads `file` through `files`, which keeps it inside the library. */
  compile(spec: unknown, files: ResponseFiles): readonly PresetEntry[]
}

/** One key, one topic: whatever comes and goes by itself. */
export interface PresetEntry {
  /** For people: `cart:1`. */
  readonly name: string
  /** Only for these; undefined: for all. */
  readonly tenants: readonly string[] | undefined
  /** The same for the same content. */
  readonly print: string
  /** What the protocol made of it. */
  readonly value: unknown
}

/** An entry in force. */
export interface Preset extends PresetEntry {
  /** The file, relative to the workspace. */
  readonly file: string
}

/** Whether it is for this tenant. */
export const isFor = ({ tenants }: PresetEntry, tenant: string): boolean =>
  tenants === undefined || tenants.includes(tenant)
