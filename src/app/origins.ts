/** Where mocks come from, and what stands in whose place: for `list` and `explain`. */
import type { LibraryFolder, LibraryOrigin } from '../config/config.ts'
import { formatMockName } from '../core/mock-name.ts'
import { formatLocation, type SourceLocation } from '../core/source.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockFile } from '../mock/definition.ts'
import type { OutOfForce } from '../mock/overrides/in-force.ts'
import type { MockLibrary } from './mock-library.ts'

/** What is told of one mock. */
export interface MockOrigin {
  /** The package that it comes from: `@acme/orders-mocks@1.4.2`. */
  readonly from: string | undefined
  /** `orders: order is found`, and where that one stands. */
  readonly extends: string | undefined
  /** Places of the mocks in whose place it stands. */
  readonly inPlaceOf: readonly string[]
  /** Why it does not answer: `replaced by mocks/over.yaml:3`, `disabled in svc-mock.yaml:12`. */
  readonly outOfForce: string | undefined
}

export const packageShown = ({ name, version }: LibraryOrigin): string => `${name}@${version}`

export class Origins {
  private readonly library: MockLibrary
  private readonly folders: ReadonlyMap<number, LibraryFolder>
  private readonly derived = new Map<SourceLocation, MockFile>()
  private readonly replaced = new Map<string, ReadonlyMap<CompiledMock, readonly CompiledMock[]>>()

  constructor(library: MockLibrary, folders: readonly LibraryFolder[]) {
    this.library = library
    this.folders = new Map(folders.map((folder) => [folder.layer, folder]))
    for (const file of library.files())
      if (file.derived !== undefined) for (const { at } of file.mocks) this.derived.set(at, file)
  }

  of(mock: CompiledMock): MockOrigin {
    const folder = this.folders.get(mock.layer)
    const file = this.derived.get(mock.at)
    const out = this.library.outOf(mock.service).get(mock)
    return {
      from: folder?.origin === undefined ? undefined : packageShown(folder.origin),
      extends: file === undefined ? undefined : this.base(file),
      inPlaceOf: (this.replacedBy(mock.service).get(mock) ?? []).map((other) => this.place(other)),
      outOfForce: out === undefined ? undefined : this.why(out),
    }
  }

  /** `mocks/orders.yaml:3`; inside a package, by its name: `@acme/orders-mocks@1.4.2 orders/1.4.0/orders.yaml:3`. */
  place({ layer, where, at }: Pick<CompiledMock, 'layer' | 'where' | 'at'>): string {
    const folder = this.folders.get(layer)
    if (folder?.origin === undefined) return where
    const inside = at.file.startsWith(`${folder.display}/`)
      ? at.file.slice(folder.display.length + 1)
      : at.file
    return `${packageShown(folder.origin)} ${inside}:${at.line}`
  }

  private why(out: OutOfForce): string {
    return out.kind === 'replaced'
      ? `overridden by ${this.place(out.by)}`
      : `disabled in ${formatLocation(out.at).replace(/:\d+$/, '')}`
  }

  private base({ derived, service }: MockFile): string {
    const { file, definition } = derived!.base
    const { at, name } = definition
    const place = this.place({ layer: file.layer, where: `${at.file}:${at.line}`, at })
    return `${formatMockName({ service, mock: name })} (${place})`
  }

  private replacedBy(service: string): ReadonlyMap<CompiledMock, readonly CompiledMock[]> {
    let known = this.replaced.get(service)
    if (known === undefined) {
      const by = new Map<CompiledMock, CompiledMock[]>()
      for (const [mock, out] of this.library.outOf(service)) {
        if (out.kind !== 'replaced') continue
        const list = by.get(out.by)
        if (list === undefined) by.set(out.by, [mock])
        else list.push(mock)
      }
      known = by
      this.replaced.set(service, known)
    }
    return known
  }
}
