/** `preset:` of a mock file for kafka: topics, and the messages in them before anybody has sent one. */
import { z } from 'zod'
import { SpecError } from '../../../core/matcher.ts'
import { collectMistakes, within } from '../../../core/mistakes.ts'
import type { PresetDialect, PresetEntry } from '../../../core/preset.ts'
import { refuseTemplates, unescapeTemplates } from '../../../core/template.ts'
import type { OutgoingRecord } from '../mock/outcome.ts'
import { recordsOfSpec } from '../mock/response.ts'
import { type MessageSpec, message } from '../mock/schema.ts'
import { topicProblem } from '../mock/topic.ts'

/** What is put into a topic. */
export interface PresetTopic {
  readonly topic: string
  readonly records: readonly OutgoingRecord[]
}

const messages = z.array(message.omit({ topic: true, delay: true }))

const topicSchema = z
  .union([
    messages,
    z.strictObject({
      messages,
      tenants: z.array(z.string().min(1)).min(1).describe('Only for these tenants; default: all').optional(),
    }),
  ])
  .describe('Messages, the oldest first: key, headers, value, partition, timestamp')

type TopicSpec = z.infer<typeof topicSchema>

export const kafkaPreset: PresetDialect = {
  protocol: 'kafka',
  schema: z.record(z.string(), topicSchema).describe('Messages by topic'),
  compile: (spec) =>
    collectMistakes(
      Object.entries(spec as Readonly<Record<string, TopicSpec>>).map(
        ([topic, one]) =>
          () =>
            within([topic], () => entryOf(topic, one)),
      ),
    ),
}

const entryOf = (topic: string, spec: TopicSpec): PresetEntry => {
  const problem = topicProblem(topic)
  if (problem !== undefined)
    throw new SpecError(`${JSON.stringify(topic)} is no topic: ${problem}`, [], undefined, true)
  refuseTemplates(spec, [])
  const list = Array.isArray(spec) ? spec : spec.messages
  const written = list.map((one) => ({ ...(unescapeTemplates(one) as Omit<MessageSpec, 'topic'>), topic }))
  const records = within(Array.isArray(spec) ? [] : ['messages'], () => recordsOfSpec(written))
  return {
    name: topic,
    tenants: Array.isArray(spec) ? undefined : spec.tenants,
    print: JSON.stringify(spec, (_name, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
    value: { topic, records } satisfies PresetTopic,
  }
}
