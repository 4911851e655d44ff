/** The protocols in which calls of somebody else are held against mocks. */
import { grpcPassive } from './grpc.ts'
import { httpPassive } from './http.ts'
import type { PassiveProtocol } from './protocol.ts'

export const passiveProtocols: readonly PassiveProtocol[] = [
  httpPassive,
  grpcPassive,
] as readonly PassiveProtocol[]
