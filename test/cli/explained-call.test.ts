import { describe, expect, it } from 'vitest'
import { readExplainedCall } from '../../src/cli/explained-call.ts'

const call = { method: 'get', url: 'http://orders/1', headers: [], body: undefined }

describe('readExplainedCall', () => {
  it('reads method, url, headers and body', () => {
    const read = readExplainedCall({ ...call, headers: ['Accept: a/b', 'X-Empty:'], body: '{}' })
    expect(read.method).toBe('GET')
    expect(read.url.href).toBe('http://orders/1')
    expect(read.headers).toEqual(['Accept', 'a/b', 'X-Empty', ''])
    expect(new TextDecoder().decode(read.body)).toBe('{}')
  })

  it('takes a host without scheme', () => {
    expect(readExplainedCall({ ...call, url: 'orders:8080/x' }).url.host).toBe('orders:8080')
  })

  it.each([
    { ...call, url: '/orders/1' },
    { ...call, url: 'ftp://orders/1' },
    { ...call, headers: ['no colon'] },
    { ...call, method: 'GE T' },
    { ...call, body: '@/does/not/exist' },
  ])('refuses %o', (wrong) => {
    expect(() => readExplainedCall(wrong)).toThrowError(expect.objectContaining({ code: 'FLAG_INVALID' }))
  })
})
