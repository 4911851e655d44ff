/** What the control address is asked about messages: plain data that nobody has looked at. */
import { z } from 'zod'
import type { ReadWish, SendWish } from '../app/running.ts'
import { SvcMockError } from '../core/errors.ts'

const place = { service: z.string().optional(), tenant: z.string().optional(), topic: z.string() }
const bytes = z.base64().nullable()

const send = z.strictObject({
  ...place,
  key: bytes,
  value: bytes,
  typed: z.boolean(),
  headers: z.array(z.strictObject({ name: z.string(), value: bytes })),
  partition: z.int().min(0).optional(),
  timestamp: z.int().min(0).optional(),
})

const offsets = z.record(z.string().regex(/^\d{1,9}$/), z.string().regex(/^\d{1,19}$/))

const read = z.strictObject({
  ...place,
  from: z.union([z.literal('beginning'), z.literal('latest'), offsets]),
  waitMs: z.int().min(0).max(5_000),
})

/** Throws BAD_CALL. */
export const sendWish = (body: string): SendWish => checked(send, body)
export const readWish = (body: string): ReadWish => checked(read, body)

const checked = <T>(schema: z.ZodType<T>, body: string): T => {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (cause) {
    throw new SvcMockError('BAD_CALL', 'the body is no JSON', { cause })
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new SvcMockError('BAD_CALL', `${issue?.path.join('.')}: ${issue?.message}`)
}
