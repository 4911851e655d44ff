/** A file named .json must be JSON: YAML takes more, and other tools that read the file do not. */
import { jsonMistake } from '../core/json-problem.ts'
import type { Finding } from './construct.ts'

/** `text` has been read as YAML without a mistake; undefined where it is JSON too. An empty file is told elsewhere. */
export const jsonFinding = (text: string): Finding | undefined => {
  // A byte order mark is not part of the text (RFC 8259 section 8.1); its place stays, so that offsets do.
  const plain = text.replace(/^\ufeff/, ' ')
  if (plain.trim() === '') return undefined
  try {
    JSON.parse(plain)
    return undefined
  } catch (error) {
    return explained(plain, error as Error)
  }
}

const explained = (text: string, error: Error): Finding => {
  const { reason, position = 0 } = jsonMistake(text, error)
  const before = text.slice(0, position).trimEnd()
  if (before.endsWith(',') && /^[\]}]/.test(text.slice(position)))
    return {
      message: 'a comma stands after the last one',
      hint: 'remove the comma',
      offset: before.length - 1,
    }
  return {
    message: `not valid JSON: ${reason}`,
    hint: /^(?:#|\/\/|\/\*)/.test(text.slice(position))
      ? 'JSON has no comments: remove it, or rename the file to .yaml, where # begins one'
      : 'JSON has names and texts in double quotes; or rename the file to .yaml',
    offset: position,
  }
}
