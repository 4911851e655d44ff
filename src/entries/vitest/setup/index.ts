/** `svc-mock/vitest/setup`, for `setupFiles`: the nearest workspace's mocks answer all tests, and unmatched calls fail them. */
import '../index.ts'
import { useMocks } from '../hooks.ts'

await useMocks()
