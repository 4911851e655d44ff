/** The shape of faults, in mock files, under services and in drills: the one source of their validation. */
import { z } from 'zod'
import { aborts, distributions, strikes } from './fault.ts'

const duration = (what: string) => z.union([z.string(), z.number()]).describe(`${what}: 300ms, 2s`).optional()

export const faultSchema = z
  .strictObject({
    delay: duration('Time before the answer'),
    jitter: duration('How far delays scatter around delay'),
    distribution: z.enum(distributions).describe('How they scatter; default uniform').optional(),
    abort: z
      .string()
      .meta({ enum: aborts })
      .describe(
        'reset: connection reset. close: closed in the middle of the reply. timeout: no answer ever. empty: closed without a byte. malformed: a broken chunked body',
      )
      .optional(),
    status: z.int().min(200).max(599).describe('Answer with this status instead').optional(),
    error: z
      .string()
      .min(1)
      .max(500)
      .describe('Redis: answer with this error instead, code first: ERR max number of clients reached')
      .optional(),
    at: z
      .enum(strikes)
      .describe(
        'Redis, under a service or in a drill: connections as they open, or each command; default both',
      )
      .optional(),
    rate: z
      .number()
      .min(0)
      .max(1)
      .describe('Share of calls that abort, status or error hits; default 1. A delay always applies')
      .optional(),
    bandwidth: z.string().describe('How fast bodies are sent: 20kB/s').optional(),
    slowBody: duration('The body takes this long'),
  })
  .describe('What goes wrong with calls on purpose')

export type FaultSpec = z.infer<typeof faultSchema>
