/**
 * WireMock's order, written as priorities. There the lower priority wins, and among equal ones the newest; here a more literal path or
 * more conditions would win. So a stub that may match a call which one before it may match too gets a higher number than that one.
 * Sound: where it cannot tell, two stubs are taken to meet.
 */

export interface Ordered {
  /** WireMock's; lower wins. */
  readonly priority: number
  readonly method: string | undefined
  /** The path that it names, with `{…}` for parameters; undefined: any, or an expression. */
  readonly path: string | undefined
}

/** `stubs` from the oldest to the newest; gives the priorities of their mocks, in the same order. */
export const priorities = (stubs: readonly Ordered[]): readonly number[] => {
  const lowest = stubs.reduce((least, { priority }) => Math.min(least, priority), 0)
  const order = stubs.map((_, i) => i).sort((a, b) => stubs[a]!.priority - stubs[b]!.priority || b - a)
  const result: number[] = new Array(stubs.length).fill(0)
  const highest = new Highest()
  for (const i of order) {
    const stub = stubs[i]!
    // Priorities begin at 0 here.
    const priority = Math.max(stub.priority - lowest, highest.meeting(stub) + 1)
    highest.add(stub, priority)
    result[i] = priority
  }
  return result
}

/** What stubs so far have at most, by what they may meet. */
class Highest {
  private readonly literal = new Map<string, ByMethod>()
  private readonly patterns = new Map<string, ByMethod>()
  private readonly all = new Map<string, ByMethod>()
  private readonly wild = new ByMethod()
  private readonly any = new ByMethod()

  meeting({ method, path }: Ordered): number {
    if (path === undefined) return this.any.of(method)
    const first = firstSegment(path)
    if (first === undefined) return this.any.of(method)
    const wild = this.wild.of(method)
    if (isPattern(path)) return Math.max(wild, this.all.get(first)?.of(method) ?? -1)
    return Math.max(
      wild,
      this.literal.get(path)?.of(method) ?? -1,
      this.patterns.get(first)?.of(method) ?? -1,
    )
  }

  add({ method, path }: Ordered, priority: number): void {
    this.any.add(method, priority)
    const first = path === undefined ? undefined : firstSegment(path)
    if (path === undefined || first === undefined) {
      this.wild.add(method, priority)
      return
    }
    into(this.all, first).add(method, priority)
    into(isPattern(path) ? this.patterns : this.literal, isPattern(path) ? first : path).add(method, priority)
  }
}

class ByMethod {
  private readonly highest = new Map<string, number>()
  private most = -1

  of(method: string | undefined): number {
    if (method === undefined) return this.most
    return Math.max(this.highest.get(method) ?? -1, this.highest.get('') ?? -1)
  }

  add(method: string | undefined, priority: number): void {
    const key = method ?? ''
    this.highest.set(key, Math.max(this.highest.get(key) ?? -1, priority))
    this.most = Math.max(this.most, priority)
  }
}

const into = (map: Map<string, ByMethod>, key: string): ByMethod => {
  const found = map.get(key) ?? new ByMethod()
  map.set(key, found)
  return found
}

const isPattern = (path: string): boolean => path.includes('{')

/** undefined: it has a parameter in it. */
const firstSegment = (path: string): string | undefined => {
  const first = path.split('/', 2)[1] ?? ''
  return first.includes('{') ? undefined : first
}
