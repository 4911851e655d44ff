/** The drills of a workspace: one file each in `drills/`, named by it. Everything wrong is reported, nothing is thrown. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import type { Fault } from '../core/fault.ts'
import type { Problem } from '../core/problem.ts'
import { parseDuration } from '../core/units.ts'
import { parseDocument, type YamlDocument } from '../yaml/document.ts'
import { nearest } from '../yaml/nearest.ts'
import type { Path } from '../yaml/tree.ts'
import { shapeProblems } from '../yaml/zod-problems.ts'
import type { ServiceConfig } from './config.ts'
import { type DrillFile, drillSchema } from './drill-schema.ts'
import type { Complaint } from './report.ts'
import { readFault } from './service-fault.ts'

export interface Drill {
  readonly name: string
  /** Relative to the workspace. */
  readonly file: string
  readonly description: string | undefined
  /** undefined: until it is stopped. */
  readonly forMs: number | undefined
  /** By service. */
  readonly faults: ReadonlyMap<string, Fault>
}

/** One file; without a drill when it has a mistake. */
export interface LoadedDrill {
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly drill: Drill | undefined
  readonly problems: readonly Problem[]
}

export const drillFolder = (root: string): string => join(root, 'drills')

const extensions: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json'])
const longestMs = 24 * 3_600_000

/** In the order of their names. A folder that is not there holds none. */
export const loadDrills = (root: string, services: readonly ServiceConfig[]): readonly LoadedDrill[] => {
  const seen = new Set<string>()
  return namesIn(drillFolder(root)).map((file) => {
    const loaded = loadDrill(join(drillFolder(root), file), `drills/${file}`, services)
    const twice = seen.has(loaded.name)
    seen.add(loaded.name)
    if (!twice) return loaded
    const problem = problemAt(
      `drills/${file}`,
      `two files are the drill ${loaded.name}`,
      'rename one of them',
    )
    return { ...loaded, drill: undefined, problems: [...loaded.problems, problem] }
  })
}

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
      .filter((name) => extensions.has(extname(name)) && !name.startsWith('.'))
      .sort()
  } catch {
    return []
  }
}

const loadDrill = (path: string, display: string, services: readonly ServiceConfig[]): LoadedDrill => {
  const name = basename(path, extname(path))
  const text = textOf(path)
  if (text === undefined) {
    return {
      name,
      path,
      drill: undefined,
      problems: [problemAt(display, 'the file cannot be read', 'check that it is a file and its rights')],
    }
  }
  const document = parseDocument(text, display, 'DRILL_INVALID')
  const problems = [...document.problems]
  const value = document.value ?? {}
  if (problems.length === 0)
    problems.push(...shapeProblems({ schema: drillSchema, value, document, code: 'DRILL_INVALID' }))
  if (problems.length > 0) return { name, path, drill: undefined, problems }
  const drill = compileDrill(value as DrillFile, { name, file: display }, services, (at, complaint) =>
    problems.push(problemIn(document, at, complaint)),
  )
  return { name, path, drill: problems.length > 0 ? undefined : drill, problems }
}

type Complain = (path: Path, complaint: Complaint) => void

const compileDrill = (
  spec: DrillFile,
  names: Pick<Drill, 'name' | 'file'>,
  services: readonly ServiceConfig[],
  complain: Complain,
): Drill => {
  const faults = new Map<string, Fault>()
  for (const [service, fault] of Object.entries(spec.faults)) {
    const config = services.find(({ name }) => name === service)
    if (config === undefined) complain(['faults', service], unknownService(service, services))
    else {
      const compiled = readFault(fault, config.protocol, (path, complaint) =>
        complain(['faults', service, ...path], complaint),
      )
      if (compiled !== undefined) faults.set(service, compiled)
    }
  }
  return { ...names, description: spec.description, forMs: timeOf(spec, complain), faults }
}

const timeOf = ({ for: written }: DrillFile, complain: Complain): number | undefined => {
  if (written === undefined) return undefined
  const ms = typeof written === 'string' ? parseDuration(written) : undefined
  if (ms !== undefined && ms > 0 && ms <= longestMs) return ms
  complain(['for'], {
    message: `for: ${JSON.stringify(written)} is no time that a drill can take`,
    hint: 'write 30s, 10m or 1h; 24h at most',
  })
  return undefined
}

const unknownService = (name: string, services: readonly ServiceConfig[]): Complaint => {
  const names = services.map((service) => service.name)
  const near = nearest(name, names)
  const hint = near === undefined ? `services: ${names.join(', ') || 'none'}` : `did you mean ${near}?`
  return { message: `there is no service ${name} in svc-mock.yaml`, hint, onKey: true }
}

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const problemIn = (document: YamlDocument, path: Path, complaint: Complaint): Problem => ({
  severity: 'error',
  code: 'DRILL_INVALID',
  ...document.locate(path, complaint.onKey),
  message: complaint.message,
  ...(complaint.hint !== undefined && { hint: complaint.hint }),
})

const problemAt = (file: string, message: string, hint: string): Problem => ({
  severity: 'error',
  code: 'DRILL_INVALID',
  at: { file, line: 1, column: 1 },
  message,
  hint,
})
