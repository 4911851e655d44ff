/** What topics may be called (org.apache.kafka.common.internals.Topic). */
import { BrokerError, errors } from '../error-codes.ts'

const longest = 249

/** Throws BrokerError INVALID_TOPIC_EXCEPTION. */
export const checkTopicName = (name: string): void => {
  const refuse = (why: string): never => {
    throw new BrokerError(errors.invalidTopic, `Topic name is invalid: ${why}`)
  }
  if (name === '') refuse('the empty string is not allowed')
  if (name === '.' || name === '..') refuse(`'${name}' is not allowed`)
  if (name.length > longest) refuse(`the length of ${name.length} is more than ${longest} characters`)
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    refuse(`'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`)
  }
}

/** Names that differ in these only would share the names of their metrics, so Kafka refuses the second one. */
export const collisionForm = (name: string): string => name.replaceAll('.', '_')
