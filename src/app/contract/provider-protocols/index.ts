/** The protocols in which real services are asked. */
import { grpcProvider } from './grpc.ts'
import { httpProvider } from './http.ts'
import type { ProviderProtocolKind } from './protocol.ts'

export const providerProtocols: readonly ProviderProtocolKind[] = [httpProvider, grpcProvider]
