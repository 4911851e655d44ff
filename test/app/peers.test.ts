import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { watchPeers } from '../../src/app/peers/peer-watch.ts'
import { addressText, parseSockets } from '../../src/app/peers/sockets.ts'
import { portOwner } from '../../src/app/port-owner.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

describe('the kernel table of sockets', () => {
  it.each([
    ['0100007F', '127.0.0.1'],
    ['0301020A', '10.2.1.3'],
    ['00000000000000000000000001000000', '::1'],
    ['0000000000000000FFFF00000100007F', '127.0.0.1'],
    ['B80D01200000000067452301EFCDAB89', '2001:db8::123:4567:89ab:cdef'],
  ])('%s is %s', (hex, text) => {
    expect(addressText(hex)).toBe(text)
  })

  it('is read line by line', () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:21FC 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 123 1 0 100 0 0 10 0
   1: 0100007F:9C40 0301020A:1538 01 00000000:00000000 00:00000000 00000000     0        0 456 1 0 20 4 30 10 -1
`
    expect(parseSockets(table)).toEqual([
      { local: '127.0.0.1', localPort: 8700, remote: '0.0.0.0', remotePort: 0, state: '0A', inode: '123' },
      {
        local: '127.0.0.1',
        localPort: 40000,
        remote: '10.2.1.3',
        remotePort: 5432,
        state: '01',
        inode: '456',
      },
    ])
  })
})

const listen = async (): Promise<{ port: number; accepted: Promise<unknown> }> => {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  const accepted = once(server, 'connection')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port, accepted }
}

/** A process that does what `source` says in a grandchild, and lives until it is killed. */
const child = (source: string): number => {
  const inner = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(source)}], { stdio: 'ignore' })`
  const started = spawn(process.execPath, [
    '-e',
    `const c = ${inner}; process.on('SIGTERM', () => { c.kill(); process.exit() })`,
  ])
  onTestFinished(() => void started.kill())
  return started.pid!
}

describe.runIf(process.platform === 'linux')('watching peers', () => {
  it('sees what a grandchild talks to, except our own listeners and its own', async () => {
    const foreign = await listen()
    const own = await listen()
    const pid = child(`const net = require('node:net')
      net.connect(${foreign.port}, '127.0.0.1'); net.connect(${own.port}, '127.0.0.1')
      const s = net.createServer().listen(0, '127.0.0.1', () => net.connect(s.address().port, '127.0.0.1'))
      setInterval(() => {}, 1000)`)
    const watch = watchPeers({ pid, own: [`127.0.0.1:${own.port}`] })!
    await Promise.all([foreign.accepted, own.accepted])
    const peers = await watch.stop()
    expect(peers.map(({ address }) => address)).toEqual([`127.0.0.1:${foreign.port}`])
    expect(peers[0]!.processes.length).toBe(1)
  })

  it('finds who has a port', async () => {
    const { port } = await listen()
    const owner = await portOwner(`127.0.0.1:${port}`, makeFolder())
    expect(owner).toMatchObject({ pid: process.pid })
    expect(owner!.hint).toContain(`kill ${process.pid}`)
  })
})
