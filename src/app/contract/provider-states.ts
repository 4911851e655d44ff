/** Brings a provider into the state that a contract names, as Pact does: by an address of the provider's, or by a command. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface NamedState {
  readonly name: string
  readonly params: Readonly<Record<string, unknown>>
  /** Who needs it, where contracts of several consumers are verified. */
  readonly consumer?: string
}

export interface StateSetup {
  /** Rejects with an Error whose message says why the provider is not in the state. */
  enter(state: NamedState): Promise<void>
  leave(state: NamedState): Promise<void>
}

const stateMs = 30_000

/**
 * `POST` of `{ consumer, state, params, action: setup | teardown }`, as Pact's verifiers send it. A `teardown` that is
 * refused is no mistake: many providers know none.
 */
export const stateUrl = (
  url: string,
  consumer: string | undefined,
  headers: readonly (readonly [string, string])[],
): StateSetup => {
  const send = async (state: NamedState, action: string): Promise<void> => {
    const { name, params } = state
    const reply = await fetch(url, {
      method: 'POST',
      headers: [
        ['content-type', 'application/json'],
        ...headers.map(([key, value]) => [key, value] as [string, string]),
      ],
      body: JSON.stringify({ consumer: state.consumer ?? consumer, state: name, params, action }),
      signal: AbortSignal.timeout(stateMs),
    })
    await reply.body?.cancel()
    if (!reply.ok) throw new Error(`${url} answered ${reply.status}`)
  }
  return {
    enter: (state) => send(state, 'setup'),
    leave: (state) => send(state, 'teardown').catch(() => undefined),
  }
}

/**
 * Run by the shell with SVC_MOCK_STATE, SVC_MOCK_STATE_PARAMS (JSON), SVC_MOCK_STATE_ACTION and, where it is known,
 * SVC_MOCK_STATE_CONSUMER.
 */
export const stateCommand = (command: string, cwd: string): StateSetup => {
  const run = async ({ name, params, consumer }: NamedState, action: string): Promise<void> => {
    const child = spawn(command, {
      cwd,
      shell: true,
      stdio: ['ignore', 'ignore', 'pipe'],
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
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-500)
    })
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0)
      throw new Error(`${command} ended with ${code ?? 'a signal'}${said === '' ? '' : `: ${said.trim()}`}`)
  }
  return {
    enter: (state) => run(state, 'setup'),
    leave: (state) => run(state, 'teardown').catch(() => undefined),
  }
}
