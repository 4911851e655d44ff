/** Brings a provider into the state that a contract names, as Pact does: by an address of the provider's, or by a command. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { isFields, readJson } from '../../contract/formats/pact/json-value.ts'
import { networkReason } from '../../core/network-reasons.ts'

export interface NamedState {
  readonly name: string
  readonly params: Readonly<Record<string, unknown>>
  /** Who needs it, where contracts of several consumers are verified. */
  readonly consumer?: string
}

/** What the provider made while it came into a state: ids, names, by which calls refer to it. */
export type StateValues = Readonly<Record<string, unknown>>

export interface StateSetup {
  /** Pact's verifiers ask an address before calls that need no state, too, with an empty name. */
  readonly asksForNone?: boolean
  /** Rejects with an Error whose message says why the provider is not in the state. */
  enter(state: NamedState): Promise<StateValues | undefined>
  leave(state: NamedState): Promise<void>
}

const ask = async (url: string, request: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, request)
  } catch (error) {
    const { name, cause } = error as Error
    if (name === 'TimeoutError') throw new Error(`${url} did not answer within ${stateMs / 1000} s`)
    throw cause instanceof Error ? new Error(`${url} did not answer: ${networkReason(cause).text}`) : error
  }
}

const stateMs = 30_000
const answerAtMost = 1024 * 1024

/** An object in JSON; anything else is no set of values. */
const valuesIn = (text: string): StateValues => {
  const read = text.trim().startsWith('{') ? readJson(text) : undefined
  return read?.ok === true && isFields(read.value) ? read.value : {}
}

/**
 * `POST` of `{ consumer, state, params, action: setup | teardown }`, as Pact's verifiers send it. A `teardown` that is
 * refused is no mistake: many providers know none.
 */
export const stateUrl = (
  url: string,
  consumer: string | undefined,
  headers: readonly (readonly [string, string])[],
): StateSetup => {
  const send = async (state: NamedState, action: string): Promise<StateValues> => {
    const { name, params } = state
    const reply = await ask(url, {
      method: 'POST',
      headers: [
        ['content-type', 'application/json'],
        ...headers.map(([key, value]) => [key, value] as [string, string]),
      ],
      body: JSON.stringify({ consumer: state.consumer ?? consumer, state: name, params, action }),
      signal: AbortSignal.timeout(stateMs),
    })
    const text = await reply.text()
    if (!reply.ok) throw new Error(`${url} answered ${reply.status}`)
    return text.length > answerAtMost ? {} : valuesIn(text)
  }
  return {
    asksForNone: true,
    enter: (state) => send(state, 'setup'),
    leave: (state) =>
      send(state, 'teardown').then(
        () => undefined,
        () => undefined,
      ),
  }
}

/**
 * Run by the shell with SVC_MOCK_STATE, SVC_MOCK_STATE_PARAMS (JSON), SVC_MOCK_STATE_ACTION and, where it is known,
 * SVC_MOCK_STATE_CONSUMER. What it prints may be an object in JSON: values.
 */
export const stateCommand = (command: string, cwd: string): StateSetup => {
  const run = async ({ name, params, consumer }: NamedState, action: string): Promise<StateValues> => {
    const child = spawn(command, {
      cwd,
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: stateMs,
      env: {
        ...process.env,
        SVC_MOCK_STATE: name,
        SVC_MOCK_STATE_PARAMS: JSON.stringify(params),
        SVC_MOCK_STATE_ACTION: action,
        ...(consumer !== undefined && { SVC_MOCK_STATE_CONSUMER: consumer }),
      },
    })
    let said = ''
    let printed = ''
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      if (printed.length <= answerAtMost) printed += text
    })
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-500)
    })
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0)
      throw new Error(`${command} ended with ${code ?? 'a signal'}${said === '' ? '' : `: ${said.trim()}`}`)
    return printed.length > answerAtMost ? {} : valuesIn(printed)
  }
  return {
    enter: (state) => run(state, 'setup'),
    leave: (state) =>
      run(state, 'teardown').then(
        () => undefined,
        () => undefined,
      ),
  }
}
