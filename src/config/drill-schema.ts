/** drills/*.yaml: the one source of its validation, its types and its published JSON Schema. */
import { z } from 'zod'
import { faultSchema } from '../core/fault-schema.ts'

export const drillSchema = z
  .strictObject({
    $schema: z.string().describe('The JSON Schema of this file, for editors').optional(),
    description: z.string().describe('What is tried out, for lists').optional(),
    for: z
      .union([z.string(), z.number()])
      .describe('The drill ends by itself after this time: 10m. Default: when it is stopped')
      .optional(),
    faults: z
      .record(z.string(), faultSchema)
      .describe('What goes wrong, by the names of services in svc-mock.yaml'),
  })
  .describe('A drill of svc-mock: faults over several services for a time')

export type DrillFile = z.infer<typeof drillSchema>
