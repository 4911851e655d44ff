/** Where a gRPC service's definitions come from: `proto`, `importPaths` and `reflection` of a service. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { NamedPath } from '../core/definitions.ts'
import type { Path } from '../yaml/tree.ts'
import type { ProtoConfig } from './config.ts'
import type { Report } from './report.ts'
import type { ServiceFile } from './schema.ts'

const keys = ['proto', 'importPaths', 'reflection'] as const

/** Paths are relative to the file that names them. */
export const readProto = (settings: ServiceFile, path: Path, report: Report): ProtoConfig | undefined => {
  if (settings.protocol !== 'grpc') {
    for (const key of keys) {
      if (settings[key] === undefined) continue
      report.add([...path, key], {
        message: `${key} is for services with protocol: grpc`,
        hint: 'add protocol: grpc, or remove it',
        onKey: true,
      })
    }
    return undefined
  }
  return {
    files: named(settings.proto, [...path, 'proto'], report, 'any'),
    importPaths: named(settings.importPaths, [...path, 'importPaths'], report, 'folder'),
    reflection: settings.reflection ?? false,
  }
}

const named = (
  written: string | readonly string[] | undefined,
  path: Path,
  report: Report,
  kind: 'any' | 'folder',
): readonly NamedPath[] => {
  if (written === undefined) return []
  const base = report.layerOf(path).folder
  return (typeof written === 'string' ? [written] : written).map((shown, i) => {
    const place = typeof written === 'string' ? path : [...path, i]
    const found = resolve(base, shown)
    const stats = statSync(found, { throwIfNoEntry: false })
    if (stats === undefined) {
      report.add(place, {
        message: `${shown} does not exist`,
        hint: 'correct the path; it is relative to this file',
      })
    } else if (kind === 'folder' && !stats.isDirectory()) {
      report.add(place, {
        message: `${shown} is no folder`,
        hint: 'name the folder that holds what is imported',
      })
    } else if (stats.isFile() && !/\.(proto|binpb|desc|pb|protoset)$/.test(shown)) {
      report.add(place, {
        message: `${shown} is neither a .proto file nor a descriptor set`,
        hint: 'name .proto files, folders of them, or descriptor sets that end in .binpb, .desc or .pb',
      })
    }
    return { path: found, shown }
  })
}
