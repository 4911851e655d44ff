/** All operators. Adding one is a file and a line here. */
import { absent } from './absent.ts'
import { anything } from './anything.ts'
import { binaryEqualTo } from './binary-equal-to.ts'
import { contains, doesNotContain } from './contains.ts'
import { after, before, equalToDateTime } from './dates.ts'
import { equalTo } from './equal-to.ts'
import { equalToJson } from './equal-to-json.ts'
import { equalToXml } from './equal-to-xml.ts'
import { form } from './form.ts'
import { and, not, or } from './logic.ts'
import { masked } from './masked.ts'
import { doesNotMatch, matches } from './matches.ts'
import { matchesJsonPath } from './matches-json-path.ts'
import { matchesJsonSchema } from './matches-json-schema.ts'
import { matchesXPath } from './matches-x-path.ts'
import { equalToNumber, greaterThan, greaterThanOrEqual, lessThan, lessThanOrEqual } from './numbers.ts'
import { oneOf } from './one-of.ts'
import type { Operator } from './operator.ts'
import { type } from './type.ts'
import { hasExactly, includes } from './value-lists.ts'

export const operators: readonly Operator[] = [
  equalTo,
  oneOf,
  masked,
  contains,
  doesNotContain,
  matches,
  doesNotMatch,
  absent,
  anything,
  before,
  after,
  equalToDateTime,
  equalToNumber,
  greaterThan,
  greaterThanOrEqual,
  lessThan,
  lessThanOrEqual,
  type,
  equalToJson,
  matchesJsonPath,
  matchesJsonSchema,
  equalToXml,
  matchesXPath,
  and,
  or,
  not,
  hasExactly,
  includes,
  form,
  binaryEqualTo,
]
