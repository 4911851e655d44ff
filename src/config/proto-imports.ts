/**
 * What a .proto file imports, and what that imports: looked for beside the importing file and in the folders above it, up to
 * the folder of the configuration, since imports are written from whatever folder protoc is given.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { SchemaPart } from '../core/service-entry.ts'

/** What every reader of protocol buffers carries itself. */
const carried = /^google\/protobuf\//

export interface ProtoImports {
  /** Each once, before whatever imports it. */
  readonly parts: readonly SchemaPart[]
  /** Absolute, of `parts`. */
  readonly files: readonly string[]
  /** Names of imports that are nowhere. */
  readonly missing: readonly string[]
}

/** `file`: absolute; `top`: no folder above it is looked into. */
export const protoImports = (file: string, text: string, top: string): ProtoImports => {
  const parts: SchemaPart[] = []
  const files: string[] = []
  const missing: string[] = []
  const seen = new Set<string>()
  const read = (from: string, of: string): void => {
    for (const name of importsIn(of)) {
      if (seen.has(name) || carried.test(name)) continue
      seen.add(name)
      const found = find(name, dirname(from), top)
      if (found === undefined) {
        missing.push(name)
        continue
      }
      const own = readFileSync(found, 'utf8')
      files.push(found)
      read(found, own)
      parts.push({ name, text: own })
    }
  }
  read(file, text)
  return { parts, files, missing }
}

const importsIn = (text: string): readonly string[] => {
  const bare = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  return [...bare.matchAll(/(?:^|;)\s*import\s+(?:public\s+|weak\s+)?["']([^"']+)["']\s*;/gm)].map(
    ([, name]) => name!,
  )
}

const find = (name: string, folder: string, top: string): string | undefined => {
  if (/^\/|(?:^|\/)\.\.(?:\/|$)/.test(name)) return undefined
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, name)
    if (existsSync(path)) return path
    if (at === top || relative(top, at).startsWith('..') || dirname(at) === at) return undefined
  }
}
