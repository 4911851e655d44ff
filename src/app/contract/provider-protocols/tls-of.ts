/** How TLS is spoken with a provider: as svc-mock.yaml says of the service. */
import type { UpstreamTls } from '../../../core/service-entry.ts'
import type { ProviderSurroundings } from './protocol.ts'

export const tlsOf = ({ config, service }: ProviderSurroundings): UpstreamTls | undefined =>
  config.services.find(({ name }) => name === service)?.tls.upstream
