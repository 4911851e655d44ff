/** The sample front end of docs/examples/msw: built with the plugin, in a real browser. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, startChromium } from '../support/chromium.ts'
import { appFolder, builtApp, type PageApp, viteConfig } from '../support/page-app.ts'

const textOf = (folder: string): string =>
  readdirSync(join(folder, 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')

describe('a production build', () => {
  it('has neither mocks nor worker', async () => {
    const folder = appFolder('docs/examples/msw')
    await build(viteConfig(folder, 'production'))
    const text = textOf(folder)
    expect(text).toContain('/api/orders')
    expect(text).not.toContain('orders are listed')
    expect(text).not.toContain('setupWorker')
  })
})

describe.skipIf(!hasChromium())('the sample front end', () => {
  let app: PageApp
  let browser: Browser
  let page: Page
  const told: string[] = []

  beforeAll(async () => {
    app = await builtApp(appFolder('docs/examples/msw'))
    browser = await startChromium()
    page = await browser.newPage()
    page.on('console', (message) => told.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => told.push(`thrown: ${error.stack ?? error.message}`))
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  it('shows what the mock files say, and keeps their state', async () => {
    await page.goto(app.url)
    await page.waitForSelector('[data-ready]').catch((error: unknown) => {
      throw new Error(told.join('\n'), { cause: error })
    })
    expect(await page.textContent('#orders')).toBe('41 chair: paid')
    await page.click('#create')
    await page.waitForSelector('li:nth-child(2)')
    expect(await page.textContent('#message')).toBe('ordered, number 42')
    expect(await page.textContent('#orders')).toBe('41 chair: paid42 lamp: new')
    const before = told.length
    const failed = await page.evaluate(() => fetch('/api/orders/7').then(String, (error) => error.message))
    expect(failed).toBe('Failed to fetch')
    expect(told.slice(before).join('\n')).toContain(
      'no mock of orders matches GET /orders/7\n  nearest mocks:\n    orders are listed with the new one (1.0.0)  mocks/orders/1.0.0/orders.yaml:18:5',
    )
    await page.reload()
    await page.waitForSelector('[data-ready]')
    expect(await page.textContent('#orders')).toBe('41 chair: paid')
  })
})
