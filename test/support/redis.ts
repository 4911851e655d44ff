/** A real redis-server in a process of its own, on a free port, with nothing kept on disk; ended when the test is done. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { present } from './tools.ts'

export const hasRedis = present('redis-server') && present('redis-cli')

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export interface RedisServer {
  readonly port: number
  stop(): Promise<void>
}

/** Rejects when it ends before it listens. */
export const startRedis = async (...options: readonly string[]): Promise<RedisServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'svc-mock-redis-'))
  const port = await freePort()
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--save', '', '--dir', folder, '--bind', '127.0.0.1', ...options],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await ready(child)
  return {
    port,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Ready to accept connections')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${said}`)))
    child.once('error', reject)
  })

/** One for a test. */
export const redisServer = async (...options: readonly string[]): Promise<RedisServer> => {
  const server = await startRedis(...options)
  onTestFinished(() => server.stop())
  return server
}

/** Sends bytes and reads until `until` is there, or until the connection ends. */
export const talk = async (port: number, bytes: string | Buffer, until?: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(bytes)
  let text = ''
  for await (const chunk of socket) {
    text += (chunk as Buffer).toString('latin1')
    if (until !== undefined && text.endsWith(until)) break
  }
  socket.destroy()
  return text
}
