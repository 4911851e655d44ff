import { expect, it } from 'vitest'
import type { Running, ServiceView } from '../../src/app/running.ts'
import { renderReady } from '../../src/cli/ready.ts'
import { colorStyle, plainStyle } from '../../src/cli/style.ts'

const service = (name: string, fault?: string): ServiceView => ({
  name,
  protocol: 'http',
  mode: 'mock',
  version: undefined,
  listen: undefined,
  hosts: [name],
  upstream: undefined,
  intercepted: true,
  insecure: false,
  mocks: 0,
  fault,
})

it('says below the services which of them go wrong on purpose', () => {
  const running = {
    listen: '127.0.0.1:8700',
    services: () => [service('orders'), service('payments', 'delay 2 s')],
  } as unknown as Running
  expect(renderReady(running, [], plainStyle, 0)).toMatch(/\npayments .+\nfault: payments: delay 2 s\n$/)
})

it('says in red whose upstream is not verified', () => {
  const services = [service('orders'), { ...service('payments'), insecure: true }]
  const running = { listen: '127.0.0.1:8700', services: () => services } as unknown as Running
  expect(renderReady(running, [], plainStyle, 0)).toMatch(
    /\npayments +mock, insecure .+\npayments: insecure, the certificate of its upstream is not verified\n/,
  )
  expect(renderReady(running, [], colorStyle, 0)).toContain(
    colorStyle.red('payments: insecure, the certificate of its upstream is not verified'),
  )
})
