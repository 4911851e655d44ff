/**
 * The script process: reads what to run from its standard input, runs it in isolates, and writes what came of it to
 * its standard output. It has no environment, may start nothing, and ends with the program that started it.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { jsonLines } from '../lines.ts'
import type { ToHost } from '../messages.ts'
import { Host } from './host.ts'
import type { Vm } from './isolates.ts'

const [, , packages, limits] = process.argv

const output: string[] = []
const flush = (): void => {
  if (output.length > 0) process.stdout.write(output.splice(0).join(''))
}

const send = (message: unknown): void => {
  if (output.length === 0) setImmediate(flush)
  output.push(`${JSON.stringify(message)}\n`)
}

const loadVm = (): Vm | undefined => {
  try {
    return createRequire(import.meta.url)('isolated-vm') as Vm
  } catch (error) {
    send(['missing', error instanceof Error ? error.message.split('\n')[0] : String(error)])
    return undefined
  }
}

const vm = loadVm()
const host =
  vm === undefined
    ? undefined
    : new Host(vm, JSON.parse(limits!), send, {
        code: (name) => readFileSync(`${packages}/script-${name}.js`, 'utf8'),
        end: () => {
          flush()
          process.kill(process.pid, 'SIGKILL')
        },
      })

process.stdin.setEncoding('utf8')
process.stdin.on(
  'data',
  jsonLines<ToHost>((message) => host?.take(message)),
)
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'))
