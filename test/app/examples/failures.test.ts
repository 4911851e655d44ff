/** The subject is the text: what a person reads when examples fail. */
import { expect, it } from 'vitest'
import { junitOf } from '../../../src/app/examples/junit.ts'
import { renderTest } from '../../../src/cli/render-test.ts'
import { plainStyle } from '../../../src/cli/style.ts'
import { tested } from './run.ts'

const failing = `mocks:
  - name: found
    request: { method: GET, path: '/orders/{id}' }
    response: { body: { id: 42, state: OPEN, token: abc } }
    examples:
      - name: a good one
        request: { path: /orders/1 }
      - request: { path: /orders/42 }
        expect:
          status: { $oneOf: [201, 202] }
          headers: { content-type: text/plain, x-a: { $contains: b } }
          body: { state: PAID, token: def, items: [1] }
      - name: another one is more literal
        request: { path: /orders/special }
  - name: special
    request: { method: GET, path: /orders/special }
    response: { status: 204 }
  - name: placed
    request: { method: POST, path: /orders, body: { amount: { $lessThan: 10 } } }
    response: { status: 201 }
    examples:
      - name: too much
        request: { body: { amount: 11 } }
  - name: patched
    request: { path: /patched }
    upstream: { patch: { body: [{ op: replace, path: /a/b, value: 1 }] } }
    examples:
      - name: nobody says what the real service answers
      - name: the patch does not fit
        upstream: { body: { a: 1 } }
      - name: the wrong error
        upstream: { body: { a: 1 } }
        expect: { error: MOCK_EXHAUSTED }
  - name: once
    request: { path: /once }
    times: 1
    response: { status: 200 }
    examples:
      - name: twice
        steps: [{}, {}]
      - name: the real service is not asked
        upstream: { status: 200 }
  - name: slow
    request: { path: /slow }
    fault: { delay: 2s, jitter: 1s, abort: reset, rate: 0.1 }
    response: { status: 200 }
    examples:
      - name: slower than that
        expect: { delay: 3s }
      - name: another fault
        expect: { fault: close }
  - name: second
    scenarioName: s
    requiredScenarioState: two
    request: { path: /s }
    response: { status: 202 }
  - name: first
    scenarioName: s
    requiredScenarioState: Started
    newScenarioState: two
    request: { path: /s }
    response: { status: 201 }
examples:
  - name: the state has gone on
    steps:
      - request: { path: /s }
        expect: { mock: first }
      - request: { path: /s }
        expect: { mock: first }
  - name: somebody else's host
    request: { url: 'http://stock/x' }
  - name: nobody's host
    request: { url: 'http://nowhere.example.com/x' }
  - name: a miss was expected
    request: { path: /orders/42 }
    expect: { miss: true }
  - name: state and version
    request: { path: /orders/42 }
    expect: { scenarios: { s: two }, version: 2.0.0 }
  - name: state
    request: { path: /orders/42 }
    expect: { scenarios: { s: two } }
  - name: no fault
    request: { path: /orders/42 }
    expect: { fault: reset }
`

it('shows places, conditions and reasons', async () => {
  const view = await tested(failing)
  const text = renderTest({ ...view, durationMs: 7 }, plainStyle, {
    quiet: false,
    unreached: true,
    name: undefined,
  })
  await expect(`${text}\n`).toMatchFileSnapshot('failures.golden.txt')
})

it('is the same as JUnit XML', async () => {
  const view = await tested(`mocks:
  - name: a < b & "c"
    request: { path: /a }
    response: { body: "\\u0007" }
    examples:
      - expect: { status: 201, body: '<' }
      - { name: fine }
`)
  const still = { ...view, durationMs: 7, examples: view.examples.map((one) => ({ ...one, durationMs: 2 })) }
  expect(junitOf(still)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="svc-mock" tests="2" failures="1" errors="0" time="0.007000">
  <testsuite name="mocks/orders/1.0.0/a.yaml" tests="2" failures="1" errors="0" skipped="0" time="0.004000">
    <testcase name="a &lt; b &amp; &quot;c&quot; &gt; GET /a" classname="mocks/orders/1.0.0/a.yaml" file="mocks/orders/1.0.0/a.yaml" line="6" time="0.002000">
      <failure message="status: expected 201, got 200 (mocks/orders/1.0.0/a.yaml:6:27)" type="example">GET /a (mocks/orders/1.0.0/a.yaml:6:9)&#10;status: expected 201, got 200 (mocks/orders/1.0.0/a.yaml:6:27)&#10;body: expected &quot;&lt;&quot;, got &quot;\\u0007&quot; (mocks/orders/1.0.0/a.yaml:6:38)</failure>
    </testcase>
    <testcase name="a &lt; b &amp; &quot;c&quot; &gt; fine" classname="mocks/orders/1.0.0/a.yaml" file="mocks/orders/1.0.0/a.yaml" line="7" time="0.002000"/>
  </testsuite>
</testsuites>
`)
})

it('has one shape for programs', async () => {
  const { durationMs, examples, ...view } = await tested(failing, { name: 'too much' })
  expect(durationMs).toBeGreaterThan(0)
  expect(view).toMatchObject({ passed: 0, failed: 1, files: 1, mocks: 8 })
  expect(view.unreached.map(({ name }) => name)).toContain('placed')
  expect(examples).toEqual([
    {
      name: 'too much',
      mock: 'placed',
      file: 'mocks/orders/1.0.0/a.yaml',
      at: 'mocks/orders/1.0.0/a.yaml:22:9',
      steps: 1,
      ok: false,
      durationMs: expect.any(Number),
      failure: {
        step: 1,
        operation: 'POST /orders',
        at: 'mocks/orders/1.0.0/a.yaml:22:9',
        unexpected: [
          { clause: 'mock', expected: 'placed', actual: 'none', at: 'mocks/orders/1.0.0/a.yaml:22:9' },
        ],
        answeredBy: undefined,
        nearest: [
          {
            mock: 'placed',
            at: 'mocks/orders/1.0.0/a.yaml:18:5',
            version: '1.0.0',
            failed: [{ clause: 'body.amount', expected: '< 10', actual: '11' }],
          },
        ],
        notes: [],
      },
    },
  ])
})
