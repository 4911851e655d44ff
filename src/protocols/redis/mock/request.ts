/** `request:` of a Redis mock: which command, and conditions on its keys and arguments. */
import type { Clause, CompiledRequest, Compilers } from '../../../core/dialect.ts'
import { indexText } from '../../../core/json.ts'
import { type Mismatch, SpecError, type TextCondition } from '../../../core/matcher.ts'
import { collectMistakes, within } from '../../../core/mistakes.ts'
import type { RedisCall } from '../call.ts'
import { standsAlone } from '../commands/table.ts'
import { sessionCommands } from '../treatments/index.ts'
import type { RequestSpec } from './schema.ts'

/** They change what the connection is, so that an answer alone would leave client and server of two minds. */
const ofTheConnection: ReadonlySet<string> = new Set([
  ...sessionCommands,
  'AUTH',
  'HELLO',
  'SELECT',
  'CLIENT REPLY',
  'CLIENT TRACKING',
])

/** Throws SpecError, its path from the request's root. */
export const compileRequest = (spec: RequestSpec, compile: Compilers): CompiledRequest => {
  let command: string | undefined
  const clauses: Clause[] = []
  collectMistakes<unknown>([
    () => {
      command = within(['command'], () => commandOf(spec.command))
    },
    () => {
      if ('key' in spec) clauses.push(within(['key'], () => keyClause(compile.text(textual(spec.key)))))
      else if (spec.command === undefined) clauses.push(anyKey)
    },
    () => {
      if ('args' in spec) clauses.push(...within(['args'], () => argClauses(spec.args, compile)))
    },
  ])
  return {
    method: command,
    methodKey: 'command',
    path: undefined,
    operation: command ?? 'any command with a key',
    params: new Map(),
    clauses,
  }
}

/** As calls have it. Throws SpecError. */
export const commandOf = (written: string | undefined): string | undefined => {
  if (written === undefined) return undefined
  const command = written.trim().toUpperCase().replace(/\s+/g, ' ')
  if (!/^[!-~]+(?: [!-~]+)?$/.test(command))
    throw new SpecError(
      `${JSON.stringify(written)} is no command`,
      [],
      'write GET, or CONFIG GET; its arguments under args',
    )
  const [first, second] = command.split(' ')
  if (second !== undefined && standsAlone(first!))
    throw new SpecError(
      `${first} has no subcommands`,
      [],
      `write command: ${first}, and what stands behind it under key or args`,
    )
  if (ofTheConnection.has(command))
    throw new SpecError(
      `${command} changes the connection itself, and cannot be mocked`,
      [],
      'what goes wrong with connections is a fault of the service, or a drill',
    )
  return command
}

/** Keys and arguments are text, whatever YAML reads. */
const textual = (spec: unknown): unknown =>
  typeof spec === 'number' || typeof spec === 'bigint' || typeof spec === 'boolean' ? String(spec) : spec

const textClause = (
  label: string,
  condition: TextCondition,
  read: (call: RedisCall) => readonly string[],
): Clause => ({
  label,
  needsBody: false,
  weight: condition.clauses,
  test: (call) => condition.test(read(call as RedisCall)),
  mismatch: (call): Mismatch | undefined => condition.mismatch(read(call as RedisCall)),
  describe: () => condition.describe(),
  hints: condition.equalities.map(({ values }) => ({
    key: label,
    needsBody: false,
    exact: condition.complete === true,
    values: values.map(indexText),
    read: (call) => read(call as RedisCall),
  })),
  place: label,
  condition,
})

const keyClause = (condition: TextCondition): Clause => textClause('key', condition, (call) => call.keys)

const anyKey: Clause = {
  label: 'key',
  needsBody: false,
  weight: 0,
  test: (call) => (call as RedisCall).keys.length > 0,
  mismatch: () => ({ path: '', expected: 'a key', actual: 'absent' }),
  describe: () => 'a key',
  hints: [],
}

const none: readonly string[] = []

const argClauses = (spec: unknown, compile: Compilers): readonly Clause[] => {
  if (!Array.isArray(spec)) return [textClause('args', compile.text(textual(spec)), (call) => call.args)]
  return collectMistakes(
    spec.map(
      (one, i) => () =>
        within([i], () =>
          textClause(`args[${i}]`, compile.text(textual(one)), ({ args }) => {
            const arg = args[i]
            return arg === undefined ? none : [arg]
          }),
        ),
    ),
  )
}
