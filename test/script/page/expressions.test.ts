/** Expressions compiled for a page give what an isolate gives. */

import * as faker from '@faker-js/faker'
import fc from 'fast-check'
import { jsonpath } from 'json-p3'
import { parseSync } from 'vite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newTenant } from '../../../src/core/call.ts'
import { defaultScriptLimits, type Script } from '../../../src/core/script.ts'
import { ScriptState } from '../../../src/core/script-state.ts'
import { LibraryScripts } from '../../../src/script/library-scripts.ts'
import { compileExpression } from '../../../src/script/page/expression.ts'
import { hash } from '../../../src/script/page/hashes.ts'
import { checkedKey } from '../../../src/script/page/keys.ts'
import { PageCompiler } from '../../../src/script/page/page-compiler.ts'
import type { PageProgram } from '../../../src/script/page/program.ts'
import { pageScripts } from '../../../src/script/page/scripts.ts'
import { aCall } from '../../support/library.ts'
import { workspace } from '../../support/workspace.ts'

const place = { at: { file: 'm/x.yaml', line: 7, column: 3 }, frame: 'the frame' }

/** As in the bundle: strict, and without a `this`. */
const inModule = (code: string): unknown => new Function(`'use strict'; return (${code})`)()

/** The two ways of one expression list. */
const both = () => {
  const scripts = new LibraryScripts()
  onTestFinished(() => scripts.close())
  const { folder } = workspace({ 'm/x.yaml': 'mocks: []\n' })
  let made = 0
  return (...sources: readonly string[]) => {
    const expressions = sources.map((source, i) => ({ source, path: ['mocks', made, String(i)] }))
    made++
    const isolate = scripts
      .forFile({
        path: `${folder}/m/x.yaml`,
        display: 'm/x.yaml',
        library: `${folder}/m`,
        root: folder,
        uses: () => undefined,
        locate: () => place,
      })
      .expressions(expressions, false)
    const compiler = new PageCompiler({ display: 'm/x.yaml', locate: () => place }, parseSync)
    compiler.expressions(expressions)
    const programs = Object.fromEntries(
      [...compiler.programs].map(([key, { expressions: codes, wants, waits, places }]) => [
        key,
        // The bundle holds the same text.
        { expressions: codes.map((code) => inModule(code)), wants, waits, places } as PageProgram,
      ]),
    )
    const packages = { faker, jsonpath: { jsonpath }, hash } as never
    const page = pageScripts('m/x.yaml', { programs, packages, sources: compiler.sources }).expressions(
      expressions,
      false,
    )
    return { isolate, page }
  }
}

const outcome = async (script: Script, request: string, state = new ScriptState()): Promise<unknown> => {
  const call = aCall({
    target: '/',
    tenant: newTenant('default'),
    service: { script: { ...defaultScriptLimits, timeoutMs: 2_000 } },
  })
  try {
    const parts = await script.run({ call, request, state: () => state })
    return { parts, note: call.context.note }
  } catch (error) {
    const { code, message, context } = error as { code: string; message: string; context: object }
    return { code, message, context }
  }
}

const requestText = JSON.stringify({
  body: { a: 1, list: [3, 1, 2], text: 'été 😀', none: null, nested: { b: [{ c: true }] } },
  query: { q: 'x', n: ['1', '2'] },
  headers: { 'x-h': 'h' },
  params: { id: '42' },
}).replace('"a":1', '"a":1,"big":12345678901234567890')

describe('expressions in a page', () => {
  it.each([
    'request.body.list.map((x) => x * 2)',
    'request.body.list.toSorted().join("-")',
    'request.body.big + 1n',
    '{ big: request.body.big, list: [request.body.big] }',
    'request.body[request.query.q ?? "a"]',
    'request.body?.nothing?.at(0)',
    'request.body.nothing.at(0)',
    'request.body.none.x',
    'undefined',
    '() => 1',
    'Symbol("x")',
    'NaN',
    '1 / 0',
    '-0',
    'new Date(0)',
    'new Map([[1, 2]])',
    'new Set()',
    '/x/g',
    '"a" + "\\u2028" + `${1 + 1}`',
    'request.params.id === "42" ? { ok: true } : null',
    'Object.entries(request.query).length',
    'JSON.stringify(request.query)',
    '((n) => { let sum = 0; for (let i = 0; i < n; i++) sum += i; return sum })(10)',
    '(function f(n) { return n < 2 ? 1 : n * f(n - 1) })(5)',
    '(({ a, ...rest }) => Object.keys(rest))(request.body)',
    '[...request.body.text].length',
    'request.body.list.reduce((a, b) => a + b, 0)',
    '(() => { throw new RangeError("too far") })()',
    '(() => { throw "text" })()',
    '(() => { try { null.x } catch { return "caught" } })()',
    '(() => { const a = {}; a.a = a; return a })()',
    'Promise.resolve(1)',
    'await Promise.resolve(2)',
    'await Promise.reject(new Error("no"))',
    'base64.encode(request.body.text)',
    'base64.decode("w6l0w6kg8J-YgA")',
    'base64.decode("!!")',
    'base64.decode("/w==")',
    'base64.encode("\\ud800")',
    'hash("sha256", request.body.text)',
    'hash("sha3", "")',
    'jsonpath(request.body, "$..c")',
    'typeof faker.person.firstName()',
    'typeof faker.zh_CN.person.lastName()',
    'typeof random() + typeof uuid() + now().length',
    'log("a", { b: 1 }, undefined)',
    '(log("x"), request.body.nothing.x)',
    'await state.get("k")',
    '[await state.incr("n"), await state.incr("n", 5), await state.set("k", { big: request.body.big }), await state.get("k"), await state.delete("k")]',
    'await state.incr("text")',
    'await sleep(1)',
    'request.body.list.map((state) => state)',
    'request.body.list["length"]',
    'this',
    'request = 1',
  ])('give for %s what an isolate gives', async (source) => {
    const { isolate, page } = (() => {
      try {
        return both()(source)
      } catch (error) {
        return { isolate: undefined, page: error as Error }
      }
    })()
    if (isolate === undefined) {
      // Refused when the page is built, which is the only way in which the two may differ.
      expect((page as Error).message).toMatch(/cannot run in a page/)
      expect(source).toBe('request = 1')
      return
    }
    const states = [new ScriptState(), new ScriptState()] as const
    for (const state of states) state.set('text', '"x"')
    expect(await outcome(page as Script, requestText, states[0])).toEqual(
      await outcome(isolate, requestText, states[1]),
    )
  })

  it('see what the one before has done', async () => {
    const { isolate, page } = both()(
      '(request.body.list.push(9), 1)',
      'request.body.list',
      'await state.incr("n")',
      'await state.incr("n")',
    )
    expect(await outcome(page, requestText)).toEqual(await outcome(isolate, requestText))
    expect(await outcome(page, requestText)).toMatchObject({ parts: ['1', '[3,1,2,9]', '1', '2'] })
  })

  it('that do not settle end', async () => {
    const { page } = both()('await new Promise(() => undefined)')
    const call = aCall({
      target: '/',
      tenant: newTenant('default'),
      service: { script: { ...defaultScriptLimits, totalMs: 5 } },
    })
    await expect(
      page.run({ call, request: requestText, state: () => new ScriptState() }),
    ).rejects.toMatchObject({
      code: 'SCRIPT_TIMEOUT',
      message: 'template (m/x.yaml:7:3): did not settle within 5 ms',
    })
  })

  it('give what an isolate gives, whatever they are put together from', async () => {
    const make = both()
    const leaf = fc.constantFrom(
      'request.body.a',
      'request.body.list',
      'request.query.q',
      'request.body.none',
      'request.body.nothing',
      'request.headers["x-h"]',
      'request.body.nested.b[0].c',
      '1',
      '"x"',
      'null',
      'undefined',
      '[]',
      '2n',
      'request.body.big',
    )
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc
          .tuple(tie('tree'), fc.constantFrom('+', '===', '??', '||', '&&', '<', ','), tie('tree'))
          .map(([a, operator, b]) => `((${a}) ${operator} (${b}))`),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `[${a}, ${b}]`),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `({ a: ${a}, ["b"]: ${b} })`),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a})?.[${b}]`),
        tie('tree').map((a) => `\`<\${${a}}>\``),
        tie('tree').map((a) => `((x) => [x, typeof x])(${a})`),
        tie('tree').map((a) => `(await (${a}))`),
        tie('tree').map((a) => `JSON.stringify(${a})`),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(tree, tree, async (first, second) => {
        const { isolate, page } = make(first, second)
        const [here, there] = [await outcome(page, requestText), await outcome(isolate, requestText)]
        expect({ first, second, outcome: here }).toEqual({ first, second, outcome: there })
      }),
      { numRuns: 400 },
    )
  })
})

const problemOf = (source: string): string | undefined => {
  const compiled = compileExpression(source, parseSync, true)
  return compiled.ok ? undefined : compiled.problem
}

describe('what reaches beyond an expression is refused', () => {
  it.each([
    'document.title',
    'window',
    'globalThis.fetch',
    'fetch("/x")',
    'eval("1")',
    'Function("return 1")()',
    'Reflect.get(request, "x")',
    'new Proxy({}, {})',
    'import("x")',
    'import.meta.url',
    'request.constructor',
    'request["constructor"]',
    '(() => 1)["const" + "ructor"]("return 1")()',
    'request.__proto__',
    '(({ constructor }) => constructor)(() => 1)',
    '(({ constructor: c }) => c)(() => 1)',
    '(({ ["constr" + "uctor"]: c }) => c)(() => 1)',
    '((c) => { ({ constructor: c } = () => 1); return c })()',
    'Object.getPrototypeOf(() => 1)',
    'Array.prototype.x = 1',
    '(class { static x = 1 }).x',
    '(() => { { let fetch = 1 } return fetch })()',
    '(() => { var fetch; return fetch })()',
    '(($key) => request["x" + "y"])((k) => k)',
    'arguments',
    'now = 1',
    'undefined = 1',
    'x = 1',
    '1) + (2',
    '1); alert(1',
    '`${fetch}`',
    'this?.constructor',
  ])('%s', (source) => {
    const compiled = compileExpression(source, parseSync, true)
    if (!compiled.ok) {
      expect(compiled.problem).toMatch(
        /is not there|cannot be (?:used|assigned|a name)|more than one|var is not/,
      )
      return
    }
    // What only a value tells is refused when it is used.
    const run = inModule(compiled.expression.code) as (request: object, tools: object) => Promise<unknown>
    return expect(run({}, { $key: checkedKey })).rejects.toThrow('constructor cannot be used in a page')
  })

  it.each(['(let) => 1', 'a b', '', '}', 'x: 1', 'return 1'])('no expression: %s', (source) =>
    expect(problemOf(source)).toBeDefined(),
  )
})
