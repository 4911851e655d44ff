/** Asks a person yes or no, on stderr. */
import { createInterface } from 'node:readline/promises'

/** undefined: nobody is there to ask. */
export const confirm = async (question: string): Promise<boolean | undefined> => {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim())
  } finally {
    asking.close()
  }
}
