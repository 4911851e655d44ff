/** Tests run in processes of their own; the program is built once, because process tests start the real one. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts'],
    testTimeout: 15_000,
    hookTimeout: 30_000,
    // A developer's own settings must not decide what tests see.
    env: {
      NO_COLOR: '1',
      NODE_ENV: 'test',
      SVC_MOCK_TENANT: '',
      XDG_STATE_HOME: join(tmpdir(), 'svc-mock-test-state'),
    },
  },
})
