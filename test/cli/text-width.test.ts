import { describe, expect, it } from 'vitest'
import { cutToWidth, textWidth } from '../../src/cli/text-width.ts'

describe('textWidth', () => {
  it.each([
    ['', 0],
    ['orders', 6],
    ['订单', 4],
    ['ｆｕｌｌ', 8],
    ['한국어', 6],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['\u001b[31mred\u001b[39m', 3],
    ['müller → x', 10],
  ])('of %j is %i', (text, width) => {
    expect(textWidth(text)).toBe(width)
  })
})

describe('cutToWidth', () => {
  it('keeps what fits', () => {
    expect(cutToWidth('orders', 6)).toBe('orders')
  })

  it('never cuts a wide character in half', () => {
    expect(cutToWidth('订单服务', 6)).toBe('订单…')
    expect(textWidth(cutToWidth('订单服务', 6))).toBeLessThanOrEqual(6)
  })
})
