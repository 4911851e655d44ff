/** What we trust and show towards upstreams: made once for each way that services ask for, because roots are many. */
import { createSecureContext, type SecureContext } from 'node:tls'
import type { UpstreamTls } from '../core/service-entry.ts'
import { rootCertificates } from './roots.ts'

/** Reloads bring new ways. */
const waysAtMost = 100

export class UpstreamContexts {
  private readonly contexts = new Map<string, SecureContext>()
  private roots: readonly string[] | undefined

  for(tls: UpstreamTls | undefined): SecureContext {
    const identity = tls?.identity ?? ''
    const known = this.contexts.get(identity)
    if (known !== undefined) return known
    // NODE_EXTRA_CA_CERTS and the system's store count as they stand when the first call leaves.
    this.roots ??= rootCertificates()
    const context = createSecureContext({
      ca: tls?.ca === undefined ? [...this.roots] : [...this.roots, tls.ca],
      ...(tls?.cert !== undefined && { cert: tls.cert, key: tls.key }),
    })
    if (this.contexts.size >= waysAtMost) this.contexts.clear()
    this.contexts.set(identity, context)
    return context
  }
}
