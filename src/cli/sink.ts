/**
 * Where call lines go without ever holding up a call. `write` takes what it can at once and returns false
 * when the reader has stopped reading; `whenReady` calls back when it may be worth trying again.
 */
import fs from 'node:fs'

export interface LineSink {
  /** True when everything was taken or buffered and more is welcome. */
  write(text: string): boolean
  whenReady(retry: () => void): void
  close(): void
}

/** Pipes, sockets and files: Node writes to pipes asynchronously on POSIX and buffers what the reader does not take. */
export const streamSink = (stream: NodeJS.WritableStream): LineSink => ({
  write: (text) => stream.write(text),
  whenReady: (retry) => {
    stream.once('drain', retry)
  },
  close: () => {},
})

const retryMs = 50

/**
 * A terminal: Node writes to it synchronously, so that Ctrl-S would stop every call. A description of our own
 * with O_NONBLOCK refuses instead (EAGAIN).
 */
const terminalSink = (fd: number): LineSink => {
  let rest: Uint8Array = new Uint8Array()
  let timer: NodeJS.Timeout | undefined
  const flush = (): boolean => {
    while (rest.length > 0) {
      try {
        rest = rest.subarray(fs.writeSync(fd, rest))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false
        rest = new Uint8Array()
      }
    }
    return true
  }
  return {
    write: (text) => {
      rest = rest.length > 0 ? Buffer.concat([rest, Buffer.from(text)]) : Buffer.from(text)
      return flush()
    },
    whenReady: (retry) => {
      timer = setTimeout(() => (flush() ? retry() : timer?.refresh()), retryMs).unref()
    },
    close: () => {
      clearTimeout(timer)
      flush()
      fs.closeSync(fd)
    },
  }
}

const ownTerminal = (stream: NodeJS.WriteStream & { readonly fd?: number }): number | undefined => {
  const path = process.platform === 'linux' ? `/proc/self/fd/${stream.fd}` : '/dev/tty'
  if (process.platform === 'win32') return undefined
  try {
    return fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY)
  } catch {
    return undefined // no controlling terminal, or /proc is not mounted: Node's own stream still works
  }
}

export const sinkFor = (stream: NodeJS.WriteStream): LineSink => {
  const fd = stream.isTTY ? ownTerminal(stream) : undefined
  return fd === undefined ? streamSink(stream) : terminalSink(fd)
}
