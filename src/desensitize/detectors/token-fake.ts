/** The fake of any secret, however it was recognised, so that it is the same one in a header, a field and a sentence. */
import type { Draw } from '../draw.ts'
import { secretFake } from './secret-shape.ts'
import { knownPrefix } from './token-rules.ts'

export const tokenFake = (canon: string, draw: Draw): string => {
  if (!canon.includes('\n') && !canon.includes('\\n')) return secretFake(canon, draw, knownPrefix(canon))
  // The lines of a PEM key: its breaks stay where they are.
  const start = /^(?:\s|\\n|\\r)*/.exec(canon)![0].length
  const lines = canon.slice(start).replace(/[A-Za-z0-9+/]{8,}/g, (run) => secretFake(run.toUpperCase(), draw))
  return canon.slice(0, start) + lines
}
