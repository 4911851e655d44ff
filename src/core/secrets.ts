/** Names under which values are secrets: those never appear in a near miss, a log or a report. */

const words = [
  'authorization',
  'cookie',
  'setcookie',
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'token',
  'apikey',
  'accesskey',
  'privatekey',
  'secretkey',
  'clientsecret',
  'signature',
  'credential',
  'credentials',
  'session',
  'sessionid',
  'jsessionid',
  'phpsessid',
  'sid',
  'otp',
  'pin',
  'cvv',
  'cvc',
]

const whole = new Set(words)
/** Short words are too often the end of harmless ones. */
const endings = words.filter((word) => word.length > 4)

/** `Authorization`, `x-api-key`, `userPassword`, `access_token`: case, `-` and `_` do not count. */
export const isSecretName = (name: string): boolean => {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return whole.has(plain) || endings.some((word) => plain.endsWith(word))
}

const mask = '•••'

export const maskedIfSecret = (name: string, rendered: string): string =>
  isSecretName(name) ? mask : rendered

/** A value for people: JSON, shortened. Takes no longer for a large or deep value. */
export const shown = (value: unknown, atMost = 80): string => {
  const text = value === undefined ? 'absent' : render(value, atMost + 1, 0)
  return text.length <= atMost ? text : `${text.slice(0, atMost - 1)}…`
}

const depthAtMost = 40

/** As much as fits into `budget`, and perhaps more. Secrets inside a document are masked by their field's name. */
const render = (value: unknown, budget: number, depth: number): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > budget ? value.slice(0, budget) : value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (depth > depthAtMost || budget <= 0) return '…'
  const list = Array.isArray(value)
  let text = list ? '[' : '{'
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    if (text.length > budget) return text
    if (text.length > 1) text += ','
    if (!list) text += `${JSON.stringify(key)}:`
    const part = (value as Record<string, unknown>)[key]
    text += !list && isSecretName(key) ? `"${mask}"` : render(part, budget - text.length, depth + 1)
  }
  return text + (list ? ']' : '}')
}
