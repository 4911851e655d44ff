/**
 * What a tenant's names become on shared infrastructure. Protocols know where names are, lanes know what they become:
 * a session applies its lane between itself and the upstream's wire, and all else sees the application's own names.
 */

export type NameKind = 'key' | 'channel'

export interface Lane {
  /** The tenant's id. */
  readonly tenant: string
  /** What stands before each name that is the tenant's own; never changed by whoever gets it. */
  readonly prefix: Uint8Array
  /** The name on the wire. */
  rename(kind: NameKind, name: Uint8Array): Uint8Array
  /** The application's name; undefined: it is not in this lane. */
  restore(kind: NameKind, name: Uint8Array): Uint8Array | undefined
}

/** How all tenants' names begin. */
export const laneRoot = 'svcm:'

/** Names of the tenant are `svcm:<tenant>:<name>`. */
export const laneOf = (tenant: string): Lane => {
  const prefix = new TextEncoder().encode(`${laneRoot}${tenant}:`)
  return {
    tenant,
    prefix,
    rename: (_kind, name) => {
      const renamed = new Uint8Array(prefix.length + name.length)
      renamed.set(prefix)
      renamed.set(name, prefix.length)
      return renamed
    },
    restore: (_kind, name) => {
      if (name.length < prefix.length) return undefined
      for (let at = 0; at < prefix.length; at++) if (name[at] !== prefix[at]) return undefined
      return name.subarray(prefix.length)
    },
  }
}

/** It travels in headers, in cache keys and in topic names. */
export const isTenantName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)
