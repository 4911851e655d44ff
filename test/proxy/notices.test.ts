import { describe, expect, it } from 'vitest'
import { Notices } from '../../src/proxy/notices.ts'

describe('notices', () => {
  it('are told once for each kind', () => {
    const told: string[] = []
    const notices = new Notices((text) => told.push(text))
    for (let n = 0; n < 3; n++) {
      notices.say('tls orders', 'curl does not trust')
      notices.say('flood PING', 'a flood')
    }
    expect(told).toEqual(['curl does not trust', 'a flood'])
  })

  it('of one topic that clients fill with names end, and leave the others alone', () => {
    const told: string[] = []
    const notices = new Notices((text) => told.push(text))
    for (let n = 0; n < 100_000; n++) notices.say(`tls client-${n}`, `client-${n} does not trust`)
    expect(told).toHaveLength(101)
    expect(told.at(-1)).toBe('client-100 does not trust (more of this sort will not be told)')
    notices.say('flood PING', 'a flood')
    expect(told.at(-1)).toBe('a flood')
  })
})
