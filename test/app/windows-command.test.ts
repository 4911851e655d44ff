import { describe, expect, it } from 'vitest'
import { cmdArgument, findOnPath, windowsCommand } from '../../src/app/run/windows-command.ts'

describe('a command', () => {
  it('is started as it is, except on Windows', () => {
    expect(windowsCommand(['npm', 'test'], {}, 'linux')).toEqual({
      file: 'npm',
      args: ['test'],
      verbatim: false,
    })
  })

  it('is looked up on Windows with the extensions of PATHEXT', () => {
    const env = { Path: 'C:\\tools;C:\\node', PATHEXT: '.EXE;.CMD' }
    expect(findOnPath('npm', env, (file) => file === 'C:\\node\\npm.cmd')).toBe('C:\\node\\npm.cmd')
    expect(findOnPath('npm.cmd', env, (file) => file === 'C:\\tools\\npm.cmd')).toBe('C:\\tools\\npm.cmd')
    expect(findOnPath('nothing', env, () => false)).toBeUndefined()
  })

  it.each([
    ['a b', '^^^"a^^^ b^^^"'],
    ['x"y', '^^^"x\\^^^"y^^^"'],
    ['a&b', '^^^"a^^^&b^^^"'],
    ['end\\', '^^^"end\\\\^^^"'],
  ])('%s is safe for cmd.exe', (argument, escaped) => {
    expect(cmdArgument(argument)).toBe(escaped)
  })
})
