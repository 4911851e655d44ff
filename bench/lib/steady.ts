/** Calls at a steady rate, whether or not answers come (an open loop), and how long each took from when it was due. */
import { Agent, get } from 'node:http'

export interface Steady {
  readonly calls: number
  readonly failed: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface SteadyLoad {
  readonly address: string
  readonly host: string
  readonly path: (n: number) => string
  readonly perSecond: number
  readonly seconds: number
}

const tickMs = 5

export const steady = async ({ address, host, path, perSecond, seconds }: SteadyLoad): Promise<Steady> => {
  const [hostname, port] = address.split(':')
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const took: number[] = []
  let failed = 0
  const call = (n: number, due: number): Promise<void> =>
    new Promise((resolve) => {
      const lost = (): void => {
        failed++
        resolve()
      }
      get({ hostname, port, agent, path: path(n), headers: { host } }, (reply) => {
        reply.resume()
        reply.on('end', () => {
          took.push(performance.now() - due)
          resolve()
        })
        reply.on('error', lost)
      }).on('error', lost)
    })
  const total = perSecond * seconds
  const calls: Promise<void>[] = []
  const begin = performance.now()
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - begin) / 1000) * perSecond))
      while (calls.length < due) calls.push(call(calls.length, performance.now()))
      if (calls.length < total) return
      clearInterval(timer)
      resolve()
    }, tickMs)
  })
  await Promise.all(calls)
  agent.destroy()
  took.sort((a, b) => a - b)
  const at = (share: number): number => took[Math.floor(took.length * share)] ?? 0
  return { calls: total, failed, p50Ms: at(0.5), p99Ms: at(0.99) }
}
