/** What is told of a run has been searched for real values as its files have, also for those recognised late. */
import { describe, expect, it } from 'vitest'
import { desensitizerOf } from '../../src/record/desensitizer.ts'
import { noLosses } from '../../src/record/report-data.ts'
import { reportMarkdown } from '../../src/record/report-markdown.ts'
import { testSession } from '../desensitize/tools.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { exchange, record } from './tools.ts'

const json = ['content-type', 'application/json']
const answered = (target: string, body: unknown) =>
  exchange({ target }, { headers: json, body: JSON.stringify(body) })
const told = (...exchanges: readonly ReturnType<typeof answered>[]) => {
  const desensitizer = desensitizerOf(testSession(), () => undefined)
  const data = record(makeFolder(), exchanges, { desensitizer })
  return { data, markdown: reportMarkdown(data, noLosses, '2026-01-02') }
}

describe('a report', () => {
  it('names no value that was only recognised after what names it', () => {
    const early = answered('/orders', { byUser: { zhangsan77: { note: '随便写点什么' } } })
    const before = told(early)
    expect(before.markdown).toContain('zhangsan77')
    const { data, markdown } = told(early, answered('/login', { password: 'zhangsan77' }))
    expect(JSON.stringify(data)).not.toContain('zhangsan77')
    expect(markdown).not.toContain('zhangsan77')
    expect(data.fields.map(({ path }) => path)).toContain('reply.body.byUser.….note')
    expect(data.fields.map(({ type }) => type)).toEqual(expect.arrayContaining(['free-text', 'secret']))
  })

  it('gives one example a field, of what stands there now', () => {
    const { data } = told(
      answered('/a', { list: [{ phone: '13800138000' }, { phone: '13900139000' }] }),
      answered('/b', { list: [{ phone: '13700137000' }] }),
    )
    const rows = data.fields.filter(({ path }) => path === 'reply.body.list[*].phone')
    expect(rows).toMatchObject([
      { count: 3, type: 'cn-mobile', example: expect.stringMatching(/^19999\d{6}$/) },
    ])
  })

  it('shortens what is long, and is a table whatever stands in it', () => {
    const { data, markdown } = told(answered('/a', { odd: `某 | 些\n\`${'字'.repeat(200)}` }))
    const [row] = data.fields
    expect(row!.example!.length).toBeLessThanOrEqual(40)
    const line = markdown.split('\n').find((text) => text.includes('reply.body.odd'))!
    expect(line.replaceAll('\\|', '').split('|')).toHaveLength(8)
  })
})
