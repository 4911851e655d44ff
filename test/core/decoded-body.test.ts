import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodedBody } from '../../src/core/decoded-body.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const multipart = (text: string, boundary = 'B') =>
  decodedBody(bytes(text.replaceAll('\n', '\r\n')), `multipart/form-data; boundary=${boundary}`).multipart()

describe('a decoded body', () => {
  it('makes each form once', () => {
    const body = decodedBody(bytes('{"a":1}'), 'application/json')
    expect(body.text()).toBe(body.text())
    expect(body.json()).toBe(body.json())
    expect(body.form()).toBe(body.form())
    expect(body.multipart()).toBe(body.multipart())
  })

  it('drops a byte order mark and refuses what is no UTF-8', () => {
    expect(decodedBody(bytes('\ufeff{"a":1}'), '').json()).toEqual({ ok: true, value: { a: 1 } })
    expect(decodedBody(Uint8Array.of(0xff, 0xfe), '').text().ok).toBe(false)
  })

  it('keeps the order of form fields and of their values', () => {
    const form = decodedBody(bytes('b=2&a=1+x&b=%C3%A4&c'), '').form()
    expect(form.ok && [...form.value]).toEqual([
      ['b', ['2', 'ä']],
      ['a', ['1 x']],
      ['c', ['']],
    ])
  })

  it('fails in every form when it has a problem', () => {
    const body = decodedBody(bytes('{}'), '', 'too large')
    for (const form of [body.text(), body.json(), body.form(), body.multipart()])
      expect(form).toEqual({ ok: false, problem: 'too large' })
  })
})

describe('multipart', () => {
  it('takes parts apart with their names, files and headers', () => {
    const parts = multipart(
      'preamble\n--B\nContent-Disposition: form-data; name="a"\n\n1\n--B\nContent-Disposition: form-data; name="f\\"x"; filename="a b.json"\nContent-Type: application/json\n\n{"n":\n2}\n--B--\nepilogue',
    )
    expect(parts.ok && parts.value.map(({ name, filename }) => [name, filename])).toEqual([
      ['a', undefined],
      ['f"x', 'a b.json'],
    ])
    expect(parts.ok && parts.value[0]!.body.text()).toEqual({ ok: true, value: '1' })
    expect(parts.ok && parts.value[1]!.body.json()).toEqual({ ok: true, value: { n: 2 } })
  })

  it('keeps binary content byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
        const head = bytes('--BOUNDARY\r\nContent-Disposition: form-data; name=f\r\n\r\n')
        const body = Buffer.concat([head, content, bytes('\r\n--BOUNDARY--')])
        const parts = decodedBody(body, 'multipart/form-data; boundary="BOUNDARY"').multipart()
        expect(parts.ok && Buffer.from(parts.value[0]!.body.bytes).equals(content)).toBe(true)
      }),
    )
  })

  it('ends a part only at a delimiter that begins a line', () => {
    const parts = multipart('--B\nContent-Disposition: form-data; name=a\n\nx--By\n--B--')
    expect(parts.ok && parts.value[0]!.body.text()).toEqual({ ok: true, value: 'x--By' })
  })

  it('says what is wrong', () => {
    expect(multipart('--B\nA: b\n\nx').ok).toBe(false)
    expect(multipart('nothing').ok).toBe(false)
    expect(decodedBody(bytes('x'), 'text/plain').multipart().ok).toBe(false)
    expect(multipart(`--B\nA: ${'x'.repeat(20_000)}\n\nx\n--B--`).ok).toBe(false)
    expect(multipart(`${'--B\nA: b\n\nx\n'.repeat(1001)}--B--`).ok).toBe(false)
  })

  it('never throws', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          '--B',
          '--B--',
          '\r\n',
          '\n',
          'Content-Disposition: form-data; name="a"',
          ':',
          '"',
          '\\',
        ),
        fc.string(),
      ),
    )
    fc.assert(
      fc.property(pieces, fc.string(), fc.uint8Array(), (texts, type, noise) => {
        for (const contentType of [
          'multipart/form-data; boundary=B',
          type,
          `multipart/x; boundary=${type}`,
        ]) {
          for (const body of [
            decodedBody(bytes(texts.join('')), contentType),
            decodedBody(noise, contentType),
          ]) {
            for (const form of [body.text(), body.json(), body.form(), body.multipart()])
              if (!form.ok) expect(typeof form.problem).toBe('string')
          }
        }
      }),
    )
  })
})
