import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { allRunning, findRunning } from '../../src/control/find-running.ts'
import { type RunFile, readRunFiles, writeRunFile } from '../../src/control/run-file.ts'
import { type ControlServer, openControl } from '../../src/control/server.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { fakeRunning } from './fake-running.ts'

const open = async (): Promise<ControlServer> => {
  const control = await openControl(fakeRunning())
  onTestFinished(() => control.close())
  return control
}

const runFile = (control: Pick<ControlServer, 'address' | 'token'>, pid = process.pid): RunFile => ({
  pid,
  address: control.address,
  token: control.token,
  listen: '127.0.0.1:8700',
  ports: [],
  startedAt: new Date(0).toISOString(),
})

const status = (
  control: ControlServer,
  headers: Record<string, string>,
  path = '/v1/status',
): Promise<number> =>
  new Promise((resolve, reject) => {
    const [host, port] = control.address.split(':')
    request({ host, port, path, headers, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })

describe('the control address', () => {
  it('listens on loopback', async () => {
    expect((await open()).address).toMatch(/^127\.0\.0\.1:\d+$/)
  })

  it('answers only with the token, under its own name, and never to web pages', async () => {
    const control = await open()
    const authorization = `Bearer ${control.token}`
    expect(await status(control, { authorization })).toBe(200)
    expect(await status(control, {})).toBe(401)
    expect(await status(control, { authorization: 'Bearer wrong' })).toBe(401)
    expect(await status(control, { authorization: `Basic ${control.token}` })).toBe(401)
    expect(await status(control, { authorization, host: 'evil.test' })).toBe(421)
    expect(
      await status(control, { authorization, host: control.address.replace('127.0.0.1', 'localhost') }),
    ).toBe(421)
    expect(await status(control, { authorization, origin: 'http://evil.test' })).toBe(403)
    expect(await status(control, { authorization, origin: `http://${control.address}` })).toBe(403)
  })

  it('knows its routes', async () => {
    const control = await open()
    const headers = { authorization: `Bearer ${control.token}` }
    expect(await status(control, headers, '/v2/status')).toBe(404)
    expect(await status(control, headers, '/v1/services/orders/mode')).toBe(405)
    expect(await status(control, headers, '//')).toBe(404)
  })
})

describe('finding a running proxy', () => {
  it('speaks to the one that runs', async () => {
    const root = makeFolder()
    onTestFinished(writeRunFile(root, runFile(await open())))
    const client = await findRunning(root)
    expect((await client.services())[0]).toMatchObject({ name: 'orders', mode: 'mock' })
    expect(await client.setMode('orders', 'passthrough')).toMatchObject({ mode: 'passthrough' })
    expect(await client.reset(undefined)).toEqual({ scenarios: 2, counters: 3, values: 4 })
    expect(await client.reset('checkout')).toEqual({ scenarios: 1, counters: 3, values: 4 })
    expect((await client.drills()).map(({ name }) => name)).toEqual(['slow'])
    expect(await client.startDrill('a/b')).toMatchObject({ name: 'a/b', running: true })
    expect(await client.stopDrill('slow')).toHaveLength(1)
    expect(await client.stopDrill(undefined)).toHaveLength(2)
    expect(await client.calls({ miss: true })).toHaveLength(1)
    expect(await client.calls()).toHaveLength(2)
  })

  it('brings back what was thrown there', async () => {
    const root = makeFolder()
    onTestFinished(writeRunFile(root, runFile(await open())))
    const client = await findRunning(root)
    await expect(client.setMode('a/b', 'mock')).rejects.toMatchObject({
      code: 'FLAG_INVALID',
      message: 'no service a/b',
      hint: 'orders?',
    })
  })

  it('says that none runs', async () => {
    await expect(findRunning(makeFolder())).rejects.toMatchObject({ code: 'NOT_RUNNING' })
  })

  it('removes files of processes that are gone, do not answer, or have another token', async () => {
    const root = makeFolder()
    const control = await open()
    const gone = await openControl(fakeRunning())
    await gone.close()
    writeRunFile(root, runFile(control, 2 ** 22 + 1))
    writeRunFile(root, runFile(gone, 1))
    expect(readRunFiles(root)).toHaveLength(2)
    expect(await allRunning(root)).toEqual([])
    expect(readRunFiles(root)).toEqual([])
  })

  it('keeps the file of a process that is stopped for a while', async () => {
    const root = makeFolder()
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => void silent.close())
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`
    onTestFinished(writeRunFile(root, { ...runFile(await open()), address }))
    expect(await allRunning(root, 50)).toEqual([])
    expect(readRunFiles(root)).toHaveLength(1)
  })

  it('wants a pid when several run', async () => {
    const root = makeFolder()
    const control = await open()
    const other = { ...runFile(control), pid: process.pid }
    onTestFinished(writeRunFile(root, other))
    // A second file with the same answering process: only its name differs.
    const second = JSON.stringify({ ...other })
    writeFileSync(join(root, '.svc-mock/run/99999.json'), second)
    await expect(findRunning(root)).rejects.toMatchObject({ code: 'SEVERAL_RUNNING' })
    await expect(findRunning(root, 12)).rejects.toMatchObject({ code: 'NOT_RUNNING' })
  })

  it('ignores files that are none', async () => {
    const root = makeFolder()
    const remove = writeRunFile(root, runFile(await open()))
    writeFileSync(join(root, '.svc-mock/run/1.json'), '{"pid":')
    expect(readRunFiles(root)).toHaveLength(1)
    remove()
    expect(readRunFiles(root)).toHaveLength(0)
  })

  it.skipIf(process.platform === 'win32')('keeps the token to its owner', async () => {
    const root = makeFolder()
    onTestFinished(writeRunFile(root, runFile(await open())))
    expect(statSync(join(root, `.svc-mock/run/${process.pid}.json`)).mode & 0o777).toBe(0o600)
  })
})
