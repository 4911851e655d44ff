/** A headless Chromium: Debian's, or what SVC_MOCK_TEST_CHROMIUM names. One for a test file. */
import type { Browser } from 'playwright-core'
import { chromium as driver } from 'playwright-core'
import { present } from './tools.ts'

const program = process.env['SVC_MOCK_TEST_CHROMIUM'] ?? 'chromium'

/** Says once why tests are skipped. */
export const hasChromium = (): boolean => present(program)

export const startChromium = (): Promise<Browser> =>
  driver.launch({
    executablePath: program.includes('/') ? program : `/usr/bin/${program}`,
    // As root, and in containers, it has no sandbox of its own; /dev/shm is small there.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  })
