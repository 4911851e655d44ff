/**
 * Which version of a service an exchange belongs to: what was said for this run, then what the call asked for, then what
 * the service is configured to be; so that the fixture answers the same call again. Else what the reply says of itself.
 */
import type { Call } from '../core/call.ts'
import { firstValue, type Metadata } from '../core/metadata.ts'

export interface VersionWishes {
  /** For all services. */
  readonly all: string | undefined
  readonly services: ReadonlyMap<string, string>
}

/** `^1.4` says what is wanted, not what answers. */
const exact = (text: string | undefined): string | undefined =>
  text !== undefined && /^[\w][\w.+-]*$/.test(text) && !/(?:^|\.)[xX](?:\.|$)/.test(text) ? text : undefined

/** A header of the reply is looked for under the name that calls use. */
export const versionOf =
  (wishes: VersionWishes) =>
  (call: Pick<Call, 'service' | 'version'>, replyHeaders: Metadata): string | undefined => {
    const { name, version, versionFrom } = call.service
    const header = versionFrom.kind === 'header' ? versionFrom.name : 'svcm-version'
    return (
      wishes.services.get(name) ??
      wishes.all ??
      exact(call.version) ??
      exact(version) ??
      exact(firstValue(replyHeaders, header))
    )
  }

/** `1.4.0`, or `orders=1.4.0`; what is no version is returned as `wrong`. */
export const readVersions = (texts: readonly string[]): VersionWishes | { readonly wrong: string } => {
  const services = new Map<string, string>()
  let all: string | undefined
  for (const text of texts) {
    const equals = text.indexOf('=')
    const version = exact(text.slice(equals + 1))
    if (version === undefined || equals === 0) return { wrong: text }
    if (equals < 0) all = version
    else services.set(text.slice(0, equals), version)
  }
  return { all, services }
}
