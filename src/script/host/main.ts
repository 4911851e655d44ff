/**
 * The script process: reads what to run from its standard input, runs it in isolates, and writes what came of it to
 * its standard output. It has no environment, may start nothing, and ends with the program that started it.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { encodeMessage, fromHost, messageReader } from '../messages.ts'
import { Host } from './host.ts'
import type { Vm } from './isolates.ts'

const [, , packages, clock] = process.argv

/** What is said in one turn of the loop leaves in one write. */
class Output {
  private waiting = ''

  /** `messages`: encoded. */
  readonly send = (messages: string): void => {
    if (this.waiting === '') setImmediate(() => this.flush())
    this.waiting += messages
  }

  flush(): void {
    const text = this.waiting
    this.waiting = ''
    if (text !== '') process.stdout.write(text)
  }
}

const output = new Output()

const loadVm = (): Vm | undefined => {
  try {
    return createRequire(import.meta.url)('isolated-vm') as Vm
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    output.send(encodeMessage([fromHost.missing, JSON.stringify(reason)]))
    return undefined
  }
}

const vm = loadVm()
const host =
  vm === undefined
    ? undefined
    : new Host(vm, output.send, {
        stillClock: clock === 'still',
        code: (name) => readFileSync(`${packages}/script-${name}.js`, 'utf8'),
        end: () => {
          output.flush()
          process.kill(process.pid, 'SIGKILL')
        },
      })

process.stdin.setEncoding('utf8')
process.stdin.on(
  'data',
  messageReader((message) => host?.take(message)),
)
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'))
