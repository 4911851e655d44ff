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

/** A value for people: JSON, shortened in the middle of nothing. */
export const shown = (value: unknown, atMost = 80): string => {
  const text =
    value === undefined ? 'absent' : typeof value === 'string' ? JSON.stringify(value) : rendered(value)
  return text.length <= atMost ? text : `${text.slice(0, atMost - 1)}…`
}

/** Secrets inside a document are masked by their field's name. */
const rendered = (value: unknown): string =>
  JSON.stringify(value, (key, part: unknown) => {
    if (key !== '' && isSecretName(key)) return mask
    return typeof part === 'bigint' ? String(part) : part
  }) ?? String(value)
