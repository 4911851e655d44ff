/** Authentication of connections of our own: PLAIN (RFC 4616), SCRAM (RFC 5802, RFC 7677), or what the client has said. */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KafkaSettings } from '../../../core/service-entry.ts'
import type { Credentials } from '../session/treatment.ts'

/** Sends one message of the mechanism and gives the broker's. Rejects when it refuses. */
export type Say = (bytes: Uint8Array) => Promise<Uint8Array>

type Sasl = NonNullable<KafkaSettings['sasl']>

export const plain = ({ username, password }: Sasl): Credentials => ({
  mechanism: 'PLAIN',
  bytes: Buffer.from(`\0${username}\0${password}`),
})

/** Rejects when the broker refuses, or can't prove that it knows the password. */
export const scram = async ({ mechanism, username, password }: Sasl, say: Say): Promise<void> => {
  const hash = mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512'
  const nonce = randomBytes(24).toString('base64')
  const user = username.replaceAll('=', '=3D').replaceAll(',', '=2C')
  const first = `n=${user},r=${nonce}`
  const challenge = Buffer.from(await say(Buffer.from(`n,,${first}`))).toString()
  const given = attributes(challenge)
  const [salt, iterations, both] = [given.get('s'), Number(given.get('i')), given.get('r')]
  if (salt === undefined || !(iterations >= 4096 && iterations <= 1_000_000) || !both?.startsWith(nonce))
    throw new Error('the broker sent no SCRAM challenge')
  const mac = (key: Uint8Array, text: string): Buffer => createHmac(hash, key).update(text).digest()
  const length = hash === 'sha256' ? 32 : 64
  const salted = pbkdf2Sync(password.normalize('NFKC'), Buffer.from(salt, 'base64'), iterations, length, hash)
  const clientKey = mac(salted, 'Client Key')
  // `biws`: the header `n,,` in base64.
  const last = `c=biws,r=${both}`
  const signed = `${first},${challenge},${last}`
  const signature = mac(createHash(hash).update(clientKey).digest(), signed)
  const proof = clientKey.map((byte, i) => byte ^ signature[i]!)
  const verdict = attributes(
    Buffer.from(await say(Buffer.from(`${last},p=${Buffer.from(proof).toString('base64')}`))).toString(),
  )
  const proven = Buffer.from(verdict.get('v') ?? '', 'base64')
  const wanted = mac(mac(salted, 'Server Key'), signed)
  if (proven.length !== wanted.length || !timingSafeEqual(proven, wanted))
    throw new Error('the broker could not prove that it knows the password')
}

const attributes = (text: string): ReadonlyMap<string, string> =>
  new Map(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]))
