/** A client that sends bytes as they are and reads what comes, for what no HTTP library would send. */
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface RawClient {
  readonly socket: Socket
  send(text: string): void
  /** All text until `end` has come (or the connection has closed); what is beyond it stays for the next read. */
  until(end: string | RegExp): Promise<string>
  /** All text until the connection closes. */
  rest(): Promise<string>
  readonly closed: Promise<void>
}

export const raw = async (port: number, host = '127.0.0.1'): Promise<RawClient> => {
  const socket = connect({ port, host, allowHalfOpen: true })
  onTestFinished(() => {
    socket.destroy()
  })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let text = ''
  let over = false
  let wake = (): void => undefined
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    text += chunk
    wake()
  })
  const ended = (): void => {
    over = true
    wake()
  }
  socket.on('end', ended).on('close', ended).on('error', ended)
  const until = async (end: string | RegExp): Promise<string> => {
    for (;;) {
      const length = endOf(text, end)
      if (length !== undefined || over) {
        const taken = text.slice(0, length ?? text.length)
        text = text.slice(taken.length)
        return taken
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    socket,
    send: (bytes) => socket.write(bytes, 'latin1'),
    until,
    rest: () => until(/(?!)/),
    closed: new Promise((resolve) => socket.once('close', () => resolve())),
  }
}

const endOf = (text: string, end: string | RegExp): number | undefined => {
  if (typeof end === 'string') {
    const at = text.indexOf(end)
    return at < 0 ? undefined : at + end.length
  }
  const match = end.exec(text)
  return match === null ? undefined : match.index + match[0].length
}
