/** Key specifications (https://redis.io/docs/latest/develop/reference/key-specs): which arguments of a command are keys. */

export interface KeySpec {
  /** Keys are only read through it. */
  readonly reads: boolean
  /** Channels and no keys (NOT_KEY). */
  readonly channels: boolean
  readonly begin:
    | { readonly kind: 'index'; readonly at: number }
    | { readonly kind: 'keyword'; readonly word: string; readonly from: number }
  readonly find:
    | { readonly kind: 'range'; readonly last: number; readonly step: number; readonly limit: number }
    | { readonly kind: 'count'; readonly countAt: number; readonly first: number; readonly step: number }
}

/** The arguments as keys are looked for in them. */
export interface ArgumentsView {
  readonly argc: number
  /** Argument `i` as text, one character a byte. */
  text(i: number): string
}

/** Calls `found` with the place of each key. Places that the server would refuse give none: it refuses them. */
export const keysOf = (specs: readonly KeySpec[], args: ArgumentsView, found: Found): void => {
  for (const spec of specs) {
    const begin = beginOf(spec, args)
    if (begin < 0 || begin >= args.argc) continue
    const { find } = spec
    if (find.kind === 'range') {
      const last = lastOf(find.last, find.limit, begin, args.argc)
      for (let i = begin; i <= last; i += find.step) found(i, spec)
    } else {
      const text = args.text(begin + find.countAt)
      if (begin + find.countAt >= args.argc || !/^(?:0|[1-9]\d{0,8})$/.test(text)) continue
      const first = begin + find.first
      const last = first + (Number(text) - 1) * find.step
      if (last >= args.argc) continue
      for (let i = first; i <= last; i += find.step) found(i, spec)
    }
  }
}

export type Found = (place: number, spec: KeySpec) => void

const lastOf = (last: number, limit: number, begin: number, argc: number): number => {
  if (last >= 0) return Math.min(begin + last, argc - 1)
  if (limit <= 1) return argc + last
  return begin + Math.floor((argc - begin) / limit) + last
}

const beginOf = ({ begin }: KeySpec, args: ArgumentsView): number => {
  if (begin.kind === 'index') return begin.at
  const { from, word } = begin
  const step = from < 0 ? -1 : 1
  for (let i = from < 0 ? args.argc + from : from; i > 0 && i < args.argc; i += step) {
    if (args.text(i).toUpperCase() === word) return i + 1
  }
  return -1
}
