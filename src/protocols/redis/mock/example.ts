/** Examples of Redis mock files: one command, and what is expected of its answer. */
import { z } from 'zod'
import type { Compilers } from '../../../core/dialect.ts'
import {
  type ExampleCall,
  type ExampleDialect,
  type ExpectedReply,
  unexpected,
} from '../../../core/example.ts'
import { SpecError } from '../../../core/matcher.ts'
import { within } from '../../../core/mistakes.ts'
import type { SingleReply } from '../../../core/reply.ts'
import { imaginedCommand } from '../imagined-call.ts'
import { decodeReply } from '../resp/value.ts'
import { responseOf } from './patch.ts'
import { commandOf } from './request.ts'
import type { RequestSpec } from './schema.ts'

const text = z.union([z.string(), z.number()])

const callShape = {
  command: z.string().min(1).describe('Default: that of the mock above').optional(),
  args: z.array(text).describe('All behind the command, keys among them').optional(),
  resp: z
    .union([z.literal(2), z.literal(3)])
    .describe('The version of RESP; default 3')
    .optional(),
}

const replyShape = {
  value: z.unknown().describe('Conditions on the value').optional(),
  refused: z.unknown().describe('A condition on the text of an error').optional(),
}

interface CallSpec {
  readonly command?: string
  readonly args?: readonly (string | number)[]
  readonly resp?: 2 | 3
}

export const redisExample: ExampleDialect = {
  callShape,
  replyShape,
  compileCall: (spec, request) => compileCall(spec as CallSpec, request as RequestSpec | undefined),
  compileReply: (spec, compile) => compileReply(spec as { value?: unknown; refused?: unknown }, compile),
}

const compileCall = (spec: CallSpec, request: RequestSpec | undefined): ExampleCall => {
  const command = within(['command'], () => commandOf(spec.command ?? request?.command))
  if (command === undefined) throw new SpecError('command is missing', [], 'add command: GET')
  const words = [...command.split(' '), ...(spec.args ?? []).map(String)].map((word) => Buffer.from(word))
  return {
    operation: words.join(' '),
    make: ({ home, tenant }) => imaginedCommand(words, home.service, tenant, spec.resp),
  }
}

const compileReply = (spec: { value?: unknown; refused?: unknown }, compile: Compilers): ExpectedReply => {
  const value = 'value' in spec ? within(['value'], () => compile.json(spec.value)) : undefined
  const refused = 'refused' in spec ? within(['refused'], () => compile.text(spec.refused)) : undefined
  const both = { value: undefined, error: undefined }
  return {
    check: (reply: SingleReply) => {
      const seen: { readonly value: unknown; readonly error: string | undefined } = {
        ...both,
        ...responseOf(decodeReply(Buffer.from(reply.body ?? []))),
      }
      const told = seen.error === undefined ? [] : [seen.error]
      return [
        ...(value === undefined || (seen.error === undefined && value.test(seen.value))
          ? []
          : [
              seen.error === undefined
                ? unexpected(['value'], value.describe(), value.mismatch(seen.value))
                : {
                    path: ['value'],
                    clause: 'value',
                    expected: value.describe(),
                    actual: `error ${seen.error}`,
                  },
            ]),
        ...(refused === undefined || refused.test(told)
          ? []
          : [unexpected(['refused'], refused.describe(), refused.mismatch(told))]),
      ]
    },
  }
}
