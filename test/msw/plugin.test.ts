/** svc-mock/msw/vite: what it builds into a page, what it refuses with its place, and what a change of a file does. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setupServer } from 'msw/node'
import type { Browser, Page } from 'playwright-core'
import { build, createServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { handlers, type MockedWorkspace, onUnhandledRequest } from '../../src/entries/msw/index.ts'
import { hasChromium, startChromium } from '../support/chromium.ts'
import { appFolder, barePage, type PageApp, servedApp, viteConfig } from '../support/page-app.ts'

const config = 'services: { orders: { hosts: [orders.test.example.com] } }\n'

const file = (mocks: string): Readonly<Record<string, string>> => ({
  'svc-mock.yaml': config,
  'mocks/orders/1.0.0/orders.yaml': `mocks:\n${mocks}`,
})

/** Builds a page; rejects with what the plugin says. */
const built = async (
  files: Readonly<Record<string, string>>,
  plugin?: string,
): Promise<{ readonly text: string; readonly warned: readonly string[] }> => {
  const folder = appFolder(undefined, { ...barePage(plugin), ...files })
  const warned: string[] = []
  await build({
    ...viteConfig(folder, 'mocked'),
    build: { rollupOptions: { onwarn: (warning) => warned.push(warning.message) } },
  })
  const text = readdirSync(join(folder, 'dist/assets'))
    .map((name) => readFileSync(join(folder, 'dist/assets', name), 'utf8'))
    .join('\n')
  return { text, warned }
}

const refusal = async (files: Readonly<Record<string, string>>, plugin?: string): Promise<string> => {
  try {
    await built(files, plugin)
  } catch (error) {
    return (error as Error).message.replace(/^ {4}at .*$/gm, '').trim()
  }
  throw new Error('it was built')
}

const place = (line: number, column: number): string => `mocks/orders/1.0.0/orders.yaml:${line}:${column}`

describe('a page is refused', () => {
  it('for a script, by its name', async () => {
    const message = await refusal({
      ...file('  - request: { path: /a }\n    script: ./quote.js\n'),
      'mocks/orders/1.0.0/quote.js': 'export default () => ({ body: 1 })\n',
    })
    expect(message).toContain(`${place(3, 13)}: ./quote.js cannot run in a page: scripts need an isolate`)
    expect(message).toContain('leave the service out of the page: services: [...]')
    expect(message).toContain('> 3 |     script: ./quote.js')
  })

  it('for everything that is wrong, each with its place and lines', async () => {
    const message = await refusal(
      file(`  - request: { path: /a, script: 'export default () => true' }
    response: { body: 1 }
  - request: { path: /b }
    response: { body: "\${{ document.title }}" }
  - name: changed
    request: { path: /c }
    upstream: { patch: { body: { a: 1 } } }
  - request: { path: /d }
    upstream: { onUpstreamError: { status: 503 } }
`),
    )
    expect(message).toContain(`${place(2, 34)}: a script cannot run in a page`)
    expect(message).toContain(
      `${place(5, 23)}: \${{ document.title }} cannot run in a page: document is not there for expressions`,
    )
    expect(message).toContain('> 5 |     response: { body: "${{ document.title }}" }')
    expect(message).toContain(': the reply of a real service is not changed in a page')
    expect(message).toContain(`${place(9, 5)}: ANY /d asks the real service and cannot run in a page`)
  })

  it('for mistakes that svc-mock check finds', async () => {
    expect(await refusal(file('  - request: { pth: /a }\n'))).toContain(`${place(2, 16)}: unknown key "pth"`)
    expect(await refusal({ 'svc-mock.yaml': 'servics: {}\n' })).toContain(
      'svc-mock.yaml:1:1: unknown key "servics"',
    )
    expect(await refusal({})).toContain('svc-mock.yaml')
  })

  it('for a service that there is not', async () => {
    expect(await refusal(file('  - response: { body: 1 }\n'), "svcMock({ services: ['order'] })")).toContain(
      'there is no service order in svc-mock.yaml\ndid you mean orders?',
    )
  })
})

describe('a page', () => {
  it('has nothing of services that are left out', async () => {
    const { text, warned } = await built(
      {
        ...file('  - response: { body: of orders }\n'),
        'svc-mock.yaml': `${config.replace(' }\n', ', ')}anothers: {}, stock: { protocol: grpc, hosts: ['stock:50051'] } }\n`,
        'mocks/anothers/1.0.0/anothers.yaml': 'mocks:\n  - script: ./anothers.js\n',
      },
      "svcMock({ services: ['orders', 'stock'] })",
    )
    expect([text.includes('of orders'), text.includes('anothers')]).toEqual([true, false])
    expect(warned.join('\n')).toContain('stock speaks grpc, and is left out of the page')
  })

  it('says nothing of where it was made, nor of what svc-mock.yaml keeps for the proxy', async () => {
    const { text } = await built({
      ...file('  - response: { body: 1 }\n'),
      'svc-mock.yaml':
        'services: { orders: { hosts: [orders.test.example.com], upstream: "http://10.1.2.3:8080" } }\n',
    })
    expect([text.includes('10.1.2.3'), text.includes('svc-mock-test-')]).toEqual([false, false])
  })
})

const tools = `  - name: by cookie
    request: { path: /cookie, cookies: { session: s1 } }
    response: { body: known }
  - name: schema
    request: { method: POST, path: /schema, body: { $matchesJsonSchema: { type: object, required: [a] } } }
    response: { body: fits }
  - name: xpath
    request: { method: POST, path: /xpath, body: { $matchesXPath: //b } }
    response: { body: has b }
  - name: tools
    request: { path: /tools }
    response:
      body:
        name: "\${{ typeof faker.person.fullName() }}"
        hash: "\${{ hash('sha256', 'a') }}"
        found: "\${{ jsonpath({ a: [1, 2] }, '$.a[*]') }}"
        count: "\${{ await state.incr('n') }}"
        big: "\${{ 12345678901234567890n }}"
  - name: thrown
    request: { path: /thrown }
    response: { body: "\${{ request.body.nothing.more }}" }
`

describe('where Vite runs modules in node', () => {
  it('the same module answers there', async () => {
    const folder = appFolder(undefined, {
      ...barePage(),
      ...file('  - name: one\n    request: { path: /a }\n    response: { body: "${{ 1 + 1 }}" }\n'),
    })
    const server = await createServer(viteConfig(folder, 'test'))
    onTestFinished(() => server.close())
    const { workspace } = (await server.ssrLoadModule('virtual:svc-mock')) as { workspace: MockedWorkspace }
    const network = setupServer(...handlers(workspace, { services: ['orders'] }))
    network.listen({ onUnhandledFrame: onUnhandledRequest('error') })
    onTestFinished(() => network.close())
    expect(await (await fetch('http://orders.test.example.com/a')).json()).toBe(2)
    expect(() => handlers(workspace, { services: ['order'] })).toThrow('did you mean orders?')
  })
})

describe.skipIf(!hasChromium())('a page that is being worked on', () => {
  let app: PageApp
  let browser: Browser
  let page: Page
  const path = 'mocks/orders/1.0.0/orders.yaml'
  const answer = (body: string): string =>
    `mocks:\n${tools}  - name: edited\n    request: { path: /edited }\n    response: { body: ${body} }\n`

  beforeAll(async () => {
    app = await servedApp(
      appFolder(undefined, {
        ...barePage(
          'svcMock()',
          "handlers(workspace, { paths: { '/api': 'http://orders.test.example.com' } })",
        ),
        'svc-mock.yaml': config,
        [path]: answer('before'),
      }),
    )
    browser = await startChromium()
    page = await browser.newPage()
    const told: string[] = []
    page.on('console', (message) => told.push(message.text()))
    page.on('pageerror', (error) => told.push(error.stack ?? error.message))
    await page.goto(app.url)
    await page.waitForSelector('[data-ready]').catch((error: unknown) => {
      throw new Error(told.join('\n'), { cause: error })
    })
  }, 90_000)
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  const ask = (route: string, init: { method?: string; body?: string } = {}) =>
    page.evaluate(
      async ([address, given]) => {
        const response = await fetch(address, given)
        return { status: response.status, text: await response.text() }
      },
      [`http://orders.test.example.com${route}`, init] as const,
    )

  /** A change comes when it comes. */
  const becomes = (text: string) =>
    vi.waitFor(async () => expect((await ask('/edited')).text).toBe(text), { timeout: 10_000, interval: 20 })

  it('has the matchers and tools that its mocks name', async () => {
    expect(await ask('/schema', { method: 'POST', body: '{"a":1}' })).toEqual({ status: 200, text: 'fits' })
    expect(await ask('/schema', { method: 'POST', body: '{}' })).toMatchObject({ status: 502 })
    expect(await ask('/xpath', { method: 'POST', body: '<a><b/></a>' })).toEqual({
      status: 200,
      text: 'has b',
    })
    const expected = {
      name: 'string',
      hash: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
      found: [1, 2],
      count: 1,
    }
    const { text } = await ask('/tools')
    expect(JSON.parse(text)).toMatchObject(expected)
    expect(text).toContain('"big":12345678901234567890')
    const thrown = await ask('/thrown')
    expect(JSON.parse(thrown.text)).toMatchObject({
      code: 'SCRIPT_ERROR',
      at: expect.stringMatching(/^mocks\/orders\/1\.0\.0\/orders\.yaml:\d+:\d+$/),
      title: expect.stringContaining("TypeError: Cannot read properties of undefined (reading 'nothing')"),
    })
  })

  it('knows paths of its own origin, and cookies that no request shows', async () => {
    const own = (route: string) => page.evaluate(async (path) => (await fetch(path)).text(), `/api${route}`)
    await page.evaluate(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: it is what is tested.
      document.cookie = 'session=s1'
    })
    expect(await own('/cookie')).toBe('known')
    expect(await own('/edited')).toBe('before')
  })

  it('takes changed mocks in, and keeps their state', async () => {
    await becomes('before')
    app.write(path, answer('after'))
    await becomes('after')
    expect(JSON.parse((await ask('/tools')).text)).toMatchObject({ count: 2 })
    await page.evaluate(() => (window as unknown as { workspace: { reset(): void } }).workspace.reset())
    expect(JSON.parse((await ask('/tools')).text)).toMatchObject({ count: 1 })
  })

  it('takes new files in', async () => {
    app.write(
      'mocks/orders/1.0.0/another.yaml',
      'mocks:\n  - request: { path: /edited }\n    priority: 1\n    response: { body: of another }\n',
    )
    await becomes('of another')
    app.write('mocks/orders/1.0.0/another.yaml', 'mocks: []\n')
    await becomes('after')
  })

  it("shows a mistake with its lines in Vite's overlay, and keeps what was in force", async () => {
    app.write(path, answer('after').replace('request: { path: /edited }', 'request: { pth: /edited }'))
    const overlay = page.locator('vite-error-overlay')
    await overlay.waitFor({ state: 'attached' })
    const shown = await overlay.evaluate((element) => element.shadowRoot!.textContent)
    expect(shown).toContain('unknown key "pth"')
    expect(shown).toMatch(/orders\.yaml:\d+:\d+/)
    expect(shown).toContain('request: { pth: /edited }')
    expect(await ask('/edited')).toMatchObject({ text: 'after' })
    // Written again and again: Vite's watcher tells no second change of a file within 50 ms.
    await vi.waitFor(
      async () => {
        app.write(path, answer('healed'))
        expect((await ask('/edited')).text).toBe('healed')
      },
      { timeout: 10_000, interval: 100 },
    )
  })
})
