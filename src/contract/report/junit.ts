/** As JUnit XML: a suite for each service, a case for each thing verified; what could not be decided is skipped. */
import { formatLocation } from '../../core/source.ts'
import { type JunitCase, junitXml } from '../../report/junit.ts'
import { type Checked, type ContractReport, sentence, sortFindings, type Violation } from '../violation.ts'

export const junit = ({ command, checked, findings, durationMs }: ContractReport): string => {
  const byThing = Map.groupBy(sortFindings(findings), keyOf)
  const known = new Set(checked.map(keyOf))
  // What is about no single mock gets a case of its own.
  const others = [...byThing].flatMap(([key, [first]]) =>
    known.has(key) || first === undefined ? [] : [{ ...first, name: first.mock ?? first.operation }],
  )
  const things = [...checked, ...others].map((one) => ({
    service: one.service,
    of: caseOf(one, byThing.get(keyOf(one)) ?? []),
  }))
  const suites = [...Map.groupBy(things, ({ service }) => service)].map(([name, own]) => ({
    name,
    cases: own.map(({ of }) => of),
  }))
  return junitXml(`svc-mock ${command}`, suites, durationMs)
}

interface Thing {
  readonly service: string
  readonly operation: string
  readonly name?: string
  readonly mock?: string | undefined
  readonly consumer?: string | undefined
  readonly at: { readonly file: string }
}

const keyOf = ({ service, operation, name, mock, consumer, at }: Thing): string =>
  JSON.stringify([service, operation, name ?? mock ?? operation, consumer, at.file])

const caseOf = (
  { name, consumer, operation, at, durationMs }: Checked,
  own: readonly Violation[],
): JunitCase => {
  const one = {
    name: `${consumer === undefined ? '' : `${consumer}: `}${name === operation ? name : `${name} (${operation})`}`,
    at,
    ...(durationMs !== undefined && { durationMs }),
  }
  const violations = own.filter(({ severity }) => severity === 'violation')
  const [first] = violations
  if (first !== undefined) {
    const text = violations.map(
      (each) =>
        `${formatLocation(each.at)} ${sentence(each)}${each.contract === undefined ? '' : ` [${formatLocation(each.contract)}]`}`,
    )
    return { ...one, failure: { message: sentence(first), type: first.rule, text: text.join('\n') } }
  }
  const undecided = own.find(({ severity }) => severity !== 'note')
  return undecided === undefined ? one : { ...one, skipped: sentence(undecided) }
}
