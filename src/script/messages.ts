/**
 * What the program and its script process say to each other. The script process holds the isolates, because V8 ends
 * the whole process on some inputs that no limit of an isolate catches.
 *
 * A message is a list of texts; texts are joined by U+001F and messages ended by U+001E. Neither stands in JSON, so
 * JSON passes as it is, and nothing is encoded twice. Texts that are not ours are sent as JSON.
 */

export interface ProgramModule {
  /** As it is shown in stacks; unique inside the program. */
  readonly name: string
  /** JavaScript. */
  readonly source: string
  /** Specifier to the name of another module of the program. */
  readonly imports: Readonly<Record<string, string>>
}

export interface Program {
  readonly id: number
  /** Programs of one library share an isolate. */
  readonly library: string
  /** The first one is the entry. */
  readonly modules: readonly ProgramModule[]
  /** Packages that it names: `faker`, `jsonpath`. */
  readonly packages: readonly string[]
  /** `value`, `list`, or `apart:<key>`: see ScriptShape. */
  readonly shape: string
}

/** To the script process. */
export const toHost = {
  /** JSON of a Program. */
  program: 'p',
  /** tenant, timeout in ms, memory in MB, program, and a run: call, program, seed (`a,b,c,d` or ''), request, reply or '', with a still clock ms since the epoch. */
  run: 'r',
  /** call, operation, `1` or `0`; JSON of the value or '', or the JSON of why there is none. */
  answer: 'a',
  /** call: nobody waits for it any more. */
  drop: 'd',
  /** program. */
  forget: 'f',
  /** call: say when it first waits for something. Before its run. */
  watch: 'w',
  /** To be answered at once. */
  ping: 'n',
} as const

/** From the script process. */
export const fromHost = {
  /** call, JSON of each part of the result. */
  done: 'v',
  /** call, JSON of the logs, JSON of each part. */
  doneWithLogs: 'o',
  /** call, code, JSON of message, stack and logs as a list. */
  failed: 'e',
  /** call, operation, what, JSON of each argument. */
  ask: 'q',
  /** call ids joined by `,`: their isolate died, and not by their fault. */
  lost: 'l',
  /** call that is watched: it waits for something. */
  waits: 'w',
  /** call, ms that it has slept so far: only where time stands still. */
  slept: 's',
  pong: 'n',
  /** call: it had no chance to end in time. */
  heldUp: 'h',
  /** call: it hangs, and the process ends for it. Its failure comes next, and nothing after that. */
  ends: 'x',
  /** JSON of the reason why there is no isolated-vm. */
  missing: 'm',
} as const

export type FailureCode = 'SCRIPT_ERROR' | 'SCRIPT_TIMEOUT' | 'SCRIPT_MEMORY' | 'SCRIPT_BAD_RESULT'

export const between = '\u001f'
export const behind = '\u001e'

export const encodeMessage = (texts: readonly (string | number)[]): string => texts.join(between) + behind

/** Text that comes in pieces, as the messages it holds, each without its end. */
export const messageReader = (take: (message: string) => void): ((text: string) => void) => {
  /** Joined only when the message is whole: a long one comes in hundreds of pieces. */
  let pieces: string[] = []
  return (text) => {
    const messages = text.split(behind)
    const last = messages.pop()!
    for (const message of messages) {
      if (pieces.length === 0) take(message)
      else {
        const whole = pieces.join('') + message
        pieces = []
        take(whole)
      }
    }
    if (last !== '') pieces.push(last)
  }
}
