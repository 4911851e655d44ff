/** The protocols, in the order in which a connection's first bytes are shown to them. Add a folder and a line. */
import type { Protocol } from '../core/protocol.ts'
import { grpc } from './grpc/index.ts'
import { http } from './http/index.ts'
import { kafka } from './kafka/index.ts'
import { redis } from './redis/index.ts'
import { tcp } from './tcp/index.ts'

export const protocols: readonly Protocol[] = [http, grpc, redis, kafka, tcp]
