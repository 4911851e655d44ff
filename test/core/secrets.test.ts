import { describe, expect, it } from 'vitest'
import { isSecretName, maskedIfSecret, shown } from '../../src/core/secrets.ts'

describe('secret names', () => {
  it.each([
    'Authorization',
    'proxy-authorization',
    'Cookie',
    'set-cookie',
    'X-Api-Key',
    'password',
    'passwd',
    'userPassword',
    'token',
    'access_token',
    'id_token',
    'refresh-token',
    'secret',
    'client_secret',
    'X-Signature',
    'session',
    'session_id',
  ])('%s is one', (name) => {
    expect(isSecretName(name)).toBe(true)
    expect(maskedIfSecret(name, 'x')).toBe('•••')
  })

  it.each(['accept', 'id', 'shipping', 'side', 'tokens_used', 'author', 'page'])('%s is none', (name) => {
    expect(isSecretName(name)).toBe(false)
    expect(maskedIfSecret(name, 'x')).toBe('x')
  })
})

describe('a shown value', () => {
  it('is JSON, shortened', () => {
    expect(shown({ a: [1, 'b', null, 9007199254740993n] })).toBe('{"a":[1,"b",null,9007199254740993]}')
    expect(shown('x'.repeat(100))).toHaveLength(80)
    expect(shown(undefined)).toBe('absent')
  })

  it('hides secrets inside', () => {
    expect(shown({ user: 'a', password: 'hunter2', list: [{ token: { a: 'b' } }] })).not.toMatch(
      /hunter2|"b"/,
    )
  })

  it('survives any depth and size', () => {
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(shown(deep).length).toBeLessThanOrEqual(80)
    expect(shown(new Array(1_000_000).fill('x')).length).toBe(80)
  })
})
