/** Messages come in whatever pieces the pipe makes of them. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeMessage, messageReader } from '../../src/script/messages.ts'

it('a message is whole, whatever pieces it came in', () => {
  const message = fc.array(fc.string({ unit: fc.constantFrom('a', '"', 'é', '\u001f') }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.nat(20)), (messages, cuts) => {
      const sent = messages.map(encodeMessage)
      const text = sent.join('')
      const got: string[] = []
      const read = messageReader((one) => got.push(one))
      let from = 0
      for (const cut of cuts) {
        read(text.slice(from, from + cut))
        from += cut
      }
      read(text.slice(from))
      expect(got).toEqual(sent.map((one) => one.slice(0, -1)))
    }),
  )
})
