/**
 * The script process: reads what to run from its standard input, runs it in isolates, and writes what came of it to
 * its standard output. It has no environment, may start nothing, and ends with the program that started it.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { encodeMessage, fromHost, messageReader } from '../messages.ts'
import { Host } from './host.ts'
import type { Vm } from './isolates.ts'

const [, , packages] = process.argv

let output = ''
const flush = (): void => {
  const text = output
  output = ''
  if (text !== '') process.stdout.write(text)
}

/** What is said in one turn of the loop leaves in one write. `messages`: encoded. */
const send = (messages: string): void => {
  if (output === '') setImmediate(flush)
  output += messages
}

const loadVm = (): Vm | undefined => {
  try {
    return createRequire(import.meta.url)('isolated-vm') as Vm
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    send(encodeMessage([fromHost.missing, JSON.stringify(reason)]))
    return undefined
  }
}

const vm = loadVm()
const host =
  vm === undefined
    ? undefined
    : new Host(vm, send, {
        code: (name) => readFileSync(`${packages}/script-${name}.js`, 'utf8'),
        end: () => {
          flush()
          process.kill(process.pid, 'SIGKILL')
        },
      })

process.stdin.setEncoding('utf8')
process.stdin.on(
  'data',
  messageReader((message) => host?.take(message)),
)
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'))
