/** All rules that Pact's specification has. */
import { contentType } from './content-type.ts'
import { date, datetime, time } from './dates.ts'
import { equality } from './equality.ts'
import { boolean, notEmpty, nothing } from './kinds.ts'
import { decimal, integer, number } from './numbers.ts'
import type { RuleKind } from './rule.ts'
import { statusCode } from './status-code.ts'
import { arrayContains, eachKey, eachValue, values } from './structure.ts'
import { include, regex, semver } from './text.ts'
import { type } from './type.ts'

export const ruleKinds: readonly RuleKind[] = [
  equality,
  type,
  regex,
  include,
  integer,
  decimal,
  number,
  boolean,
  nothing,
  date,
  time,
  datetime,
  contentType,
  notEmpty,
  semver,
  statusCode,
  values,
  eachKey,
  eachValue,
  arrayContains,
]
