/** People who are known to be in a real service's answers are in nothing that drift prints or writes, in any form. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { namedCarriers, namelessCarriers, tracesOf, unpackedText } from '../../bench/lib/plant.ts'
import { bytesOf } from '../../src/core/exchange.ts'
import type { Exchange } from '../../src/desensitize/exchange.ts'
import { everything, filesBelow, maskKey } from '../support/recording.ts'
import { runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { type Answer, type Answers, type Space, space } from './drifting.ts'

interface Person {
  readonly mobile: string
  readonly idCard: string
  readonly realName: string
  readonly email: string
  readonly password: string
  readonly bankCard: string
}

const before: Person = {
  mobile: '13800138000',
  idCard: '11010519491231002X',
  realName: '欧阳建国',
  email: 'ouyang.jianguo@corp-real.cn',
  password: 'hunter22-Kx81!',
  bankCard: '6222021234567890128',
}
const after: Person = {
  mobile: '13712349876',
  idCard: '440308199901011512',
  realName: '慕容晓晓',
  email: 'murong.xiaoxiao@corp-real.cn',
  password: 'c0rrect-h0rse-Bq7',
  bankCard: '6217001234567890122',
}

/** The reply of a carrier, where that is the side that carries. */
const replyIn = ({ reply }: Exchange): Answer | undefined => {
  const bytes = bytesOf(reply)
  if (bytes.length === 0) return undefined
  const pairs: [string, string][] = []
  for (let i = 0; i < reply.headers.length; i += 2) pairs.push([reply.headers[i]!, reply.headers[i + 1]!])
  return [reply.status ?? 200, Buffer.from(bytes), Object.fromEntries(pairs)]
}

const carried = (person: Person): Answers => {
  const answers: Record<string, Answer> = {}
  let n = 0
  const add = (exchange: Exchange): void => {
    const answer = replyIn(exchange)
    n++
    if (answer !== undefined) answers[`GET /c${n}x`] = answer
  }
  for (const carrier of Object.values(namedCarriers))
    for (const [name, value] of Object.entries(person)) add(carrier(name, value))
  for (const carrier of Object.values(namelessCarriers))
    for (const value of [person.mobile, person.idCard, person.email]) add(carrier(value))
  // All of it at once, so that every value is known by its name.
  answers['GET /whole'] = [200, { customer: person, more: person === after ? { ...person } : null }]
  // What no masking can be done for, now.
  const binary = Buffer.concat([Buffer.from([0xff, 0, 1, 0xfe, 0x80]), Buffer.from(person.mobile)])
  answers['GET /bytes'] =
    person === before ? [200, person] : [200, binary, { 'content-type': 'application/octet-stream' }]
  answers[`GET /users/${before.mobile}`] = [200, { owner: person.realName, note: `tell ${person.mobile}` }]
  return answers
}

const searched = (text: string): string => text + unpackedText(text)

const expectNobody = (text: string): void => {
  const all = searched(text)
  const found = [before, after].flatMap((person) =>
    Object.values(person).flatMap((value) =>
      tracesOf(value).flatMap(([form, trace]) => (all.includes(trace) ? [`${value} ${form}`] : [])),
    ),
  )
  expect(found).toEqual([])
}

const valuesFor = (one: Space): string => {
  const file = readFileSync(
    filesBelow(join(one.folder, 'fixtures')).find((path) => /users\.\{/.test(path))!,
    'utf8',
  )
  const fake = /19999\d{6}/.exec(file)![0]
  return `'${fake}': '${before.mobile}'\n`
}

it('whatever is asked of it', { timeout: 90_000 }, async () => {
  const first = carried(before)
  const one = await space(first)
  one.write('desensitize.yaml', 'fields: { "**.nothing": keep }\n')
  await one.record(Object.keys(first))
  expectNobody(everything(one.folder))
  const outside = makeFolder({ 'values.yaml': valuesFor(one) })
  const env = { SVC_MOCK_MASK_KEY: maskKey, GITHUB_ACTIONS: 'true' }
  one.service.answers = carried(after)
  const forms = ['--junit', 'r/j.xml', '--sarif', 'r/s.json', '--html', 'r/h.html', '--gitlab', 'r/g.json']
  const run = async (args: readonly string[]) => {
    const done = await runProgram(['drift', '--values', join(outside, 'values.yaml'), ...args], {
      cwd: one.folder,
      env,
    })
    expectNobody(done.stdout + done.stderr)
    return done
  }
  const told = await run([...forms, '--all'])
  expect(told.code).toBe(1)
  expect(one.service.asked.map(({ line }) => line)).toContain(`GET /users/${before.mobile}`)
  // It does say that they changed.
  expect(told.stdout).toMatch(/~ body\.customer\.mobile "19999\d{6}" → "19999\d{6}"/)
  expect(told.stdout).toMatch(/! body\.more null → \{/)
  expect(told.stdout).toContain('not compared: its new answer cannot be compared')
  expectNobody(everything(one.folder))
  const json = await run(['--json'])
  const report = JSON.parse(json.stdout) as { findings: unknown[]; checked: unknown[] }
  expect(report.findings.length).toBeGreaterThan(100)
  await run(['--update'])
  expectNobody(everything(one.folder))
  // Who reads with the key knows them again.
  expect((await run([])).code).toBe(0)
  // A body in another charset stands as base64, which looks like a key to whoever has none.
  const { stdout } = await runProgram(['scan'], { cwd: one.folder })
  expect(stdout.split('\n').filter((line) => /, by /.test(line) && !line.includes('bodyBase64'))).toEqual([])
})
