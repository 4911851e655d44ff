/**
 * Services that every gRPC server has and nobody writes mocks for: health (grpc.health.v1) and server reflection (v1 and
 * v1alpha). Answered for mocked services where no mock does.
 */
import type { Reply } from '../../../core/reply.ts'
import type { GrpcCall } from '../call.ts'
import { answerHealth } from './health.ts'
import { answerReflection } from './reflection.ts'

const health = /^\/grpc\.health\.v1\.Health\/(Check|Watch|List)$/
const reflection = /^\/grpc\.reflection\.v1(?:alpha)?\.ServerReflection\/ServerReflectionInfo$/

/** Streams both ways, of which no definition tells. */
export const isOwnStream = ({ path }: GrpcCall): boolean => reflection.test(path)

/** Whether it is one that every server has, whatever is defined. */
export const isEverywhere = (path: string): boolean => health.test(path) || reflection.test(path)

/** undefined: it is none of them. A real service that may be asked answers for itself. */
export const ownService = (call: GrpcCall): Reply | undefined => {
  const asked = health.exec(call.path)?.[1]
  if (asked !== undefined) return answerHealth(call, asked)
  return reflection.test(call.path) ? answerReflection(call) : undefined
}
