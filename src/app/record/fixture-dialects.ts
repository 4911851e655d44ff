/** The protocols that can be recorded, by name. */
import type { FixtureDialect } from '../../core/fixture.ts'
import { protocols } from '../../protocols/index.ts'

export const fixtureDialects: ReadonlyMap<string, FixtureDialect> = new Map(
  protocols.flatMap(({ name, dialect }) =>
    dialect?.fixture === undefined ? [] : [[name, dialect.fixture] as const],
  ),
)
