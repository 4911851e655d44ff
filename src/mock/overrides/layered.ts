/** Files of a library with what stands over them taken into account, for those who keep no library: extended mocks made, what does not answer left out. */

import type { Problem } from '../../core/problem.ts'
import type { SourceLocation } from '../../core/source.ts'
import { replaces } from '../compile.ts'
import type { MockFile } from '../definition.ts'
import type { FileShapes } from './derive.ts'
import { extendMocks } from './extend.ts'
import { type Standable, standingOf } from './in-force.ts'

export interface LayeredOptions {
  /** Layers that hold packages. */
  readonly packaged: ReadonlySet<number>
  readonly disabled: readonly {
    readonly service: string
    readonly mock: string
    readonly at: SourceLocation
  }[]
  readonly shapes: FileShapes
}

export interface LayeredFiles {
  readonly files: readonly MockFile[]
  /** Of what extends others. */
  readonly problems: readonly Problem[]
}

interface Standing extends Standable {
  readonly file: MockFile
  readonly position: number
}

/** `read`: as they were read. */
export const layeredFiles = (read: readonly MockFile[], options: LayeredOptions): LayeredFiles => {
  const extending = read.some((file) => file.extending !== undefined)
  const extended = extending
    ? [...Map.groupBy(read, ({ service }) => service).values()].flatMap((own) =>
        extendMocks(own, options.shapes),
      )
    : []
  const made = extended.flatMap((one) => one.made)
  const files = [...read, ...made]
  const mocks = files.flatMap((file) =>
    file.mocks.map((definition, position): Standing => {
      const { service, version, layer } = file
      return {
        file,
        position,
        service,
        version,
        layer,
        name: definition.name,
        replaces: replaces(file, definition),
      }
    }),
  )
  const { out } = standingOf(mocks, { ...options, extended: extending })
  const left = Map.groupBy(out.keys(), ({ file }) => file)
  return {
    files: files.map((file) => without(file, new Set(left.get(file)?.map(({ position }) => position)))),
    problems: [
      ...new Set([
        ...extended.flatMap(({ problem }) => problem ?? []),
        ...made.flatMap(({ problems }) => problems),
      ]),
    ],
  }
}

/** The file but for mocks at these positions. Places are those of the mocks that are left. */
export const without = (file: MockFile, positions: ReadonlySet<number>): MockFile => {
  if (positions.size === 0) return file
  const kept = file.mocks
    .keys()
    .filter((position) => !positions.has(position))
    .toArray()
  return {
    ...file,
    mocks: kept.map((position) => file.mocks[position]!),
    locate: (path, onKey) => {
      const [first, second, ...rest] = path
      const position = first === 'mocks' && typeof second === 'number' ? kept[second] : undefined
      return file.locate(position === undefined ? path : ['mocks', position, ...rest], onKey)
    },
    ...(file.written !== undefined && { written: (position: number) => file.written!(kept[position]!) }),
  }
}
