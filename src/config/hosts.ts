/**
 * Which service a host belongs to. Exact before wildcard (longer suffix first) before CIDR range (longer prefix
 * first) before `*`, then port given before none, then the longer base path. The usual look-up is one Map get and
 * allocates nothing.
 */
import { SvcMockError } from '../core/errors.ts'
import { type HostPattern, normalHost, parseHostPattern } from './host-pattern.ts'
import { type Cidr, type Ip, inCidr, parseIp } from './ip.ts'

export interface HostEntry<T> {
  readonly patterns: readonly string[]
  readonly value: T
}

export interface HostMatch<T> {
  readonly value: T
  /** What the call's path begins with and mock paths do not; '' for none. */
  readonly basePath: string
}

/** Everything listed under one host form; longer base paths first. */
interface Bucket<T> {
  readonly ports: Map<number, HostMatch<T>[]>
  readonly anyPort: HostMatch<T>[]
}

export class HostTable<T> {
  readonly #exact = new Map<string, Bucket<T>>()
  readonly #wildcards = new Map<string, Bucket<T>>()
  readonly #ranges: { readonly cidr: Cidr; readonly bucket: Bucket<T> }[] = []

  /** Patterns must be valid (parseHostPattern); of two equal ones the first counts. */
  constructor(entries: Iterable<HostEntry<T>>) {
    for (const { patterns, value } of entries) {
      for (const text of patterns) {
        const parsed = parseHostPattern(text)
        if (!parsed.ok) throw new SvcMockError('INVARIANT_BROKEN', parsed.message)
        this.#add(parsed.pattern, value)
      }
    }
    this.#ranges.sort((a, b) => b.cidr.prefix - a.cidr.prefix)
  }

  /** `path` may be anything that begins with the path; only whole segments of a base path match. */
  find(host: string, port: number, path: string): HostMatch<T> | undefined {
    let bucket = this.#exact.get(host)
    let name = host
    if (bucket === undefined) {
      name = normalHost(host)
      bucket = this.#exact.get(name)
    }
    const found = bucket === undefined ? undefined : inBucket(bucket, port, path)
    if (found !== undefined) return found
    if (this.#wildcards.size === 0 && this.#ranges.length === 0) return undefined
    return this.#slow(normalHost(name), port, path)
  }

  #slow(name: string, port: number, path: string): HostMatch<T> | undefined {
    const ip = parseIp(name)
    if (ip === undefined) {
      for (let dot = name.indexOf('.', 1); dot !== -1; dot = name.indexOf('.', dot + 1)) {
        const found = this.#inWildcard(name.slice(dot), port, path)
        if (found !== undefined) return found
      }
    }
    return (ip === undefined ? undefined : this.#inRange(ip, port, path)) ?? this.#inWildcard('', port, path)
  }

  #inWildcard(suffix: string, port: number, path: string): HostMatch<T> | undefined {
    const bucket = this.#wildcards.get(suffix)
    return bucket === undefined ? undefined : inBucket(bucket, port, path)
  }

  #inRange(ip: Ip, port: number, path: string): HostMatch<T> | undefined {
    for (const { cidr, bucket } of this.#ranges) {
      const found = inCidr(ip, cidr) ? inBucket(bucket, port, path) : undefined
      if (found !== undefined) return found
    }
    return undefined
  }

  #add({ host, port, basePath }: HostPattern, value: T): void {
    const bucket = this.#bucket(host)
    let matches = bucket.anyPort
    if (port !== undefined) {
      matches = bucket.ports.get(port) ?? []
      bucket.ports.set(port, matches)
    }
    matches.push({ value, basePath })
    matches.sort((a, b) => b.basePath.length - a.basePath.length)
  }

  #bucket(host: HostPattern['host']): Bucket<T> {
    if (host.kind === 'cidr') {
      const { cidr } = host
      const known = this.#ranges.find(
        (range) =>
          range.cidr.bits === cidr.bits && range.cidr.base === cidr.base && range.cidr.prefix === cidr.prefix,
      )
      if (known !== undefined) return known.bucket
      const bucket: Bucket<T> = { ports: new Map(), anyPort: [] }
      this.#ranges.push({ cidr, bucket })
      return bucket
    }
    const [map, key] = host.kind === 'exact' ? [this.#exact, host.name] : [this.#wildcards, host.suffix]
    let bucket = map.get(key)
    if (bucket === undefined) {
      bucket = { ports: new Map(), anyPort: [] }
      map.set(key, bucket)
    }
    return bucket
  }
}

const inBucket = <T>(bucket: Bucket<T>, port: number, path: string): HostMatch<T> | undefined => {
  const withPort = bucket.ports.size === 0 ? undefined : bucket.ports.get(port)
  return (withPort === undefined ? undefined : firstUnder(withPort, path)) ?? firstUnder(bucket.anyPort, path)
}

const firstUnder = <T>(matches: readonly HostMatch<T>[], path: string): HostMatch<T> | undefined => {
  for (let i = 0; i < matches.length; i++) {
    const match = matches[i]!
    if (match.basePath === '' || startsWithSegments(path, match.basePath)) return match
  }
  return undefined
}

/** `/orders` is under `/orders`, `/orders/1`, `/orders?x`, not under `/orders2`. */
const startsWithSegments = (path: string, base: string): boolean => {
  if (!path.startsWith(base)) return false
  if (path.length === base.length) return true
  const next = path.charCodeAt(base.length)
  return next === 0x2f || next === 0x3f
}
