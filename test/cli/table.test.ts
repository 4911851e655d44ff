import { describe, expect, it } from 'vitest'
import { plainStyle as style } from '../../src/cli/style.ts'
import { renderTable } from '../../src/cli/table.ts'
import { textWidth } from '../../src/cli/text-width.ts'

describe('renderTable', () => {
  it('aligns columns that hold wide characters', () => {
    const table = renderTable(
      ['service', 'mode'],
      [
        ['订单', 'mock'],
        ['orders', 'direct'],
      ],
      { style, width: 0 },
    )
    expect(table).toBe(['service  mode', '订单     mock', 'orders   direct'].join('\n'))
  })

  it('cuts the widest column to the width of the terminal', () => {
    const rows = [['orders', 'x'.repeat(100), 'mock']]
    const lines = renderTable(['service', 'hosts', 'mode'], rows, { style, width: 40 }).split('\n')
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(40)
    expect(lines[1]).toContain('…')
    expect(lines[1]).toContain('mock')
  })

  it('leaves no blanks at the ends of lines', () => {
    expect(renderTable(['a', 'b'], [['1', '']], { style, width: 0 })).toBe('a  b\n1')
  })
})
