/** The protocols that can be recorded, by name. */
import type { RestoreDefinitions } from '../../core/definitions.ts'
import type { FixtureDialect, MessageDialect } from '../../core/fixture.ts'
import { protocols } from '../../protocols/index.ts'

export const fixtureDialects: ReadonlyMap<string, FixtureDialect> = new Map(
  protocols.flatMap(({ name, dialect }) =>
    dialect?.fixture === undefined ? [] : [[name, dialect.fixture] as const],
  ),
)

/** How their definitions come to the thread that records. */
export const restorers: ReadonlyMap<string, RestoreDefinitions> = new Map(
  protocols.flatMap(({ name, restoreDefinitions }) =>
    restoreDefinitions === undefined ? [] : [[name, restoreDefinitions] as const],
  ),
)

/** Those whose messages are recorded, by name. */
export const messageDialects: ReadonlyMap<string, MessageDialect> = new Map(
  protocols.flatMap(({ name, dialect }) =>
    dialect?.message === undefined ? [] : [[name, dialect.message] as const],
  ),
)

export const isRecordable = (protocol: string): boolean =>
  fixtureDialects.has(protocol) || messageDialects.has(protocol)
