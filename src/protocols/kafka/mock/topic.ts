/** Names of topics, as brokers take them (org.apache.kafka.common.internals.Topic). */
const longest = 249

/** Why it is no name of a topic; undefined: it is one. */
export const topicProblem = (name: string): string | undefined => {
  if (name === '') return 'it is empty'
  if (name === '.' || name === '..') return 'brokers refuse this name'
  if (name.length > longest) return `it is longer than ${longest} characters`
  return /^[\w.-]+$/.test(name) ? undefined : 'a name has letters, digits, . _ and - only'
}
