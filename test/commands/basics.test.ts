import { describe, expect, it } from 'vitest'
import { errors } from '../../src/core/errors.ts'
import { type Finished, runProgram } from '../support/spawn.ts'
import { makeFolder, ordersWorkspace } from '../support/spawn-workspace.ts'

const run = (args: readonly string[], cwd = makeFolder(), env = {}): Promise<Finished> =>
  runProgram(args, { cwd, env })

describe('flags and arguments', () => {
  it.each([
    [['strat'], 'did you mean svc-mock start?'],
    [['start', '--prot', '1'], 'did you mean --port?'],
    [['start', '--port', 'x'], 'svc-mock start --help'],
    [['start', '--port', '70000'], 'svc-mock start --help'],
    [['start', '--on-miss', 'explode'], 'svc-mock start --help'],
    [['list', 'x'], 'svc-mock list --help'],
    [['run', 'npm', 'test'], 'svc-mock run -- npm test'],
    [['run', '--'], 'svc-mock run -- npm test'],
    [['explain'], 'svc-mock explain --help'],
    [['explain', 'PORT_IN_UZE'], 'PORT_IN_USE'],
    [['explain', 'GET', '/orders'], 'http://'],
  ])('%j ends with 2 and a hint', async (args, hint) => {
    const { code, stdout, stderr } = await run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('FLAG_INVALID')
    expect(stderr).toContain(hint)
  })

  it('says which flag is missing', async () => {
    const { code, stderr } = await runProgram(['can-i-deploy'], { cwd: makeFolder() })
    expect(code).toBe(2)
    expect(stderr).toBe('error: --to is missing (FLAG_INVALID)\nhint: see svc-mock can-i-deploy --help\n')
  })

  it('are errors in one document under --json', async () => {
    const { code, stdout, stderr } = await run(['start', '--prot', '1', '--json'])
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'FLAG_INVALID', hint: 'did you mean --port?' },
    })
  })
})

describe('--version and --help', () => {
  it('print and end well', async () => {
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^svc-mock\/\d/),
    })
    expect(await run(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('COMMANDS') })
    expect(await run(['run', '--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('-- COMMAND'),
    })
  })
})

describe('--version and --help under --json', () => {
  const document = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await run([...args, '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout) as Record<string, unknown>
  }

  it('are one document each', async () => {
    expect(await document('--version')).toEqual({
      name: 'svc-mock',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.version,
    })
    const { commands } = await document('--help')
    expect(commands).toContainEqual({ name: 'start', summary: expect.stringContaining('proxy') })
    const help = await document('start', '--help')
    expect(help).toMatchObject({
      command: 'start',
      args: [],
      examples: ['svc-mock start', expect.anything()],
    })
    expect(help['flags']).toContainEqual(
      expect.objectContaining({ name: '--on-miss', values: ['fail', 'passthrough', 'record'] }),
    )
    expect(help['flags']).toContainEqual(expect.objectContaining({ name: '--quiet', char: '-q' }))
  })

  it('leave the flags of a command that is run alone, and unknown commands an error', async () => {
    const { stdout, code } = await run(['strat', '--help', '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'FLAG_INVALID' } })
    const cwd = makeFolder({ 'svc-mock.yaml': 'services: {}\n' })
    const ran = await run(
      ['run', '--quiet', '--', process.execPath, '-p', 'process.argv[1]', 'x', '--help', '--json'],
      cwd,
    )
    expect(ran).toMatchObject({ code: 0, stdout: 'x\n' })
  })
})

describe('explain <CODE>', () => {
  it('prints the entry of the table', async () => {
    const { code, stdout } = await run(['explain', 'port_in_use', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ code: 'PORT_IN_USE', exitCode: 3, ...errors.PORT_IN_USE })
  })
})

describe('init', () => {
  it('writes a workspace that check finds good', async () => {
    const cwd = makeFolder()
    expect((await run(['init', 'shop'], cwd)).code).toBe(0)
    const checked = await run(['check', '--config', 'shop/svc-mock.yaml', '--json'], cwd)
    expect(JSON.parse(checked.stdout)).toEqual({ files: 1, mocks: 3, examples: 2, problems: [] })
  })
})

describe('a workspace that is missing or wrong', () => {
  it.each([['start'], ['check'], ['list'], ['env'], ['mode'], ['calls'], ['run', '--', 'true']])(
    '%s says that there is none',
    async (...args) => {
      const { code, stderr } = await run(args)
      expect(code).toBe(2)
      expect(stderr).toContain('CONFIG_NOT_FOUND')
      expect(stderr).toContain('svc-mock init')
    },
  )

  it('shows every mistake with its place', async () => {
    const cwd = makeFolder({ 'svc-mock.yaml': 'listen: nowhere\nservces: {}\n' })
    const { code, stdout } = await run(['start', '--json'], cwd)
    expect(code).toBe(2)
    const { error } = JSON.parse(stdout)
    expect(error.code).toBe('CONFIG_INVALID')
    expect(error.details.problems.map(({ at }: { at: { line: number } }) => at.line)).toEqual([1, 2])
  })

  it('check ends with 1 for a broken mock file', async () => {
    const cwd = makeFolder({ ...ordersWorkspace, 'mocks/orders/1.0.0/bad.yaml': 'mocks:\n  - nmae: x\n' })
    const { code, stderr } = await run(['check'], cwd)
    expect(code).toBe(1)
    expect(stderr).toContain('bad.yaml:2:5')
    expect(stderr).toContain('CHECK_FAILED')
  })
})

describe('colours', () => {
  it('come when forced and go with --no-color', async () => {
    const env = { NO_COLOR: undefined, FORCE_COLOR: '1' }
    expect((await run(['explain', 'LOOP'], undefined, env)).stdout).toContain('\u001b[')
    expect((await run(['explain', 'LOOP', '--no-color'], undefined, env)).stdout).not.toContain('\u001b[')
  })
})
