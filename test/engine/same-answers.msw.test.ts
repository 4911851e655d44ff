/** The same library and the same calls, answered by MSW: in node, and in a browser. */
import { setupServer } from 'msw/node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handlers, onUnhandledRequest } from '../../src/entries/msw/index.ts'
import { type Mocks, openWorkspace } from '../../src/entries/node/index.ts'
import { hasChromium, startChromium } from '../support/chromium.ts'
import { appFolder, barePage, builtApp, type PageApp } from '../support/page-app.ts'
import { workspace } from '../support/workspace.ts'
import { answersOfProxy, viaFetch } from './same-answers.proxy.ts'
import { type Came, comparable, library, type Row, rows } from './same-answers.table.ts'

/** MSW has no say in hosts that nobody mocks, so they are let through. */
const known = rows.filter(({ name }) => name !== 'a host that nobody knows')

describe('MSW in node', () => {
  let truth: ReadonlyMap<string, Came>
  let mocks: Mocks
  const server = setupServer()

  beforeAll(async () => {
    truth = await answersOfProxy(library)
    mocks = await openWorkspace(workspace(library, false).folder, { env: {}, onUnhandled: 'ignore' })
    server.use(...handlers(mocks))
    server.listen({ onUnhandledFrame: onUnhandledRequest('answer', { print: () => undefined }) })
  })
  afterAll(async () => {
    server.close()
    await mocks.close()
  })

  it.each(known)('$name', async (row) => {
    expect(comparable(await viaFetch(row))).toEqual(comparable(truth.get(row.name)!))
  })
})

/** The scripted mock is the last of its file; pages have none. */
const withoutScripts: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(library).map(([path, text]) => [path, text.split('  - name: scripted\n')[0]!]),
)

/** What a browser keeps from pages. */
const hidden: Readonly<Record<string, string>> = {
  'a redirection': 'a page never sees one',
}

/** What is not the same, and why. */
const differs: Readonly<Record<string, string>> = {
  'several lines of a header': 'Chromium hands signs beyond ASCII in headers of a worker on as UTF-8',
  'a body that is not what it says': "the near miss does not quote zlib's own words, which a page has not",
}

describe.skipIf(!hasChromium())('MSW in a browser', () => {
  let truth: ReadonlyMap<string, Came>
  let served: PageApp
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    truth = await answersOfProxy(withoutScripts)
    served = await builtApp(appFolder(undefined, { ...withoutScripts, ...barePage() }))
    browser = await startChromium()
    page = await browser.newPage()
    const told: string[] = []
    page.on('console', (message) => told.push(message.text()))
    page.on('pageerror', (error) => told.push(error.stack ?? error.message))
    await page.goto(served.url)
    await page.waitForSelector('[data-ready]').catch((error: unknown) => {
      throw new Error(told.join('\n'), { cause: error })
    })
  }, 90_000)
  afterAll(async () => {
    await browser?.close()
    await served?.close()
  })

  /** A page may not send cookies and origins of its own making. */
  const possible = known.filter(
    ({ name, needs = [] }) =>
      !needs.includes('request') && !needs.includes('script') && hidden[name] === undefined,
  )

  it.each(possible)('$name', async (row) => {
    const [here, there] = [shownToPages(await inPage(page, row)), shownToPages(truth.get(row.name)!)]
    const why = differs[row.name]
    if (why === undefined) expect(here).toEqual(there)
    else {
      expect(here, why).not.toEqual(there)
      expect(here).toHaveProperty('status', row.status)
    }
  })
})

const inPage = async (page: Page, row: Row): Promise<Came> => {
  const came = await page.evaluate(
    async ({ url, method, headers, body }) => {
      try {
        const response = await fetch(url, {
          method,
          headers,
          ...(body !== null && { body: Uint8Array.from(atob(body), (one) => one.charCodeAt(0)) }),
        })
        const bytes = new Uint8Array(await response.arrayBuffer())
        let text = ''
        for (const byte of bytes) text += String.fromCharCode(byte)
        return { status: response.status, headers: [...response.headers], body: btoa(text) }
      } catch {
        return undefined
      }
    },
    {
      url: row.url,
      method: row.method ?? 'GET',
      headers: (row.headers ?? []).map(([name, value]): [string, string] => [name, value]),
      body: row.body ?? null,
    },
  )
  return came === undefined ? 'broken' : { ...came, body: Buffer.from(came.body, 'base64') }
}

/** Cookies are the browser's own business. */
const shownToPages = (came: Came): unknown =>
  comparable(
    came === 'broken'
      ? came
      : { ...came, headers: came.headers.filter(([name]) => name.toLowerCase() !== 'set-cookie') },
  )
