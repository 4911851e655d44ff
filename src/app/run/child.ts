/**
 * The command that `run` wraps. It stays in our process group, so a terminal's Ctrl-C reaches it from the
 * terminal and is not sent a second time; signals that only we got are passed on.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { SvcMockError } from '../../core/errors.ts'
import { windowsCommand } from './windows-command.ts'

export interface ChildOptions {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** `stderr`: the child's stdout goes to our stderr, because ours carries JSON. */
  readonly stdout: 'inherit' | 'stderr'
}

export interface Child {
  readonly pid: number
  /** Its exit code, or 128 + n for a signal. */
  readonly exited: Promise<number>
}

/** SIGINT and SIGQUIT are typed; SIGTERM and SIGHUP are sent. */
const typed: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']
const sent: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP']

/** True when we are in the foreground process group of a terminal: what is typed there reaches the child too. */
export const isForeground = (): boolean => {
  if (process.platform !== 'linux') return process.stdin.isTTY === true || process.stderr.isTTY === true
  try {
    // proc(5) stat: pid (comm) state ppid pgrp session tty_nr tpgid; comm may hold blanks and brackets.
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const [, , pgrp, , , tpgid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return pgrp === tpgid
  } catch {
    return process.stdin.isTTY === true
  }
}

const passOnSignals = (child: ChildProcess): (() => void) => {
  const listeners = [...typed, ...sent].map((signal) => {
    const listener = (): void => {
      if (typed.includes(signal) && isForeground()) return
      child.kill(signal)
    }
    process.on(signal, listener)
    return () => process.off(signal, listener)
  })
  return () => {
    for (const stop of listeners) stop()
  }
}

const exitCode = (code: number | null, signal: NodeJS.Signals | null): number =>
  signal === null ? (code ?? 0) : 128 + constants.signals[signal]

const notStarted = (name: string, error: NodeJS.ErrnoException): SvcMockError => {
  const reasons: Record<string, string> = { ENOENT: 'it was not found', EACCES: 'it may not be executed' }
  const reason = reasons[error.code ?? ''] ?? error.message
  return new SvcMockError('COMMAND_NOT_STARTED', `${name} could not be started: ${reason}`, { cause: error })
}

/** Rejects with COMMAND_NOT_STARTED. */
export const startChild = async ({ command, env, stdout }: ChildOptions): Promise<Child> => {
  const stdio: StdioOptions = ['inherit', stdout === 'stderr' ? 2 : 'inherit', 'inherit']
  const { file, args, verbatim } = windowsCommand(command, env)
  const child = spawn(file, args, { env: { ...env }, stdio, windowsVerbatimArguments: verbatim })
  const stopSignals = passOnSignals(child)
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      stopSignals()
      resolve(exitCode(code, signal))
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => {
      stopSignals()
      reject(notStarted(command[0]!, error))
    })
  })
  return { pid: child.pid!, exited }
}
