/**
 * Public internet addresses. Fakes lie in 198.18.0.0/15 (RFC 2544) and 2001:db8::/32 (RFC 3849); private, loopback,
 * link-local and documentation addresses are nobody's and stay.
 */
import { has } from '../text/traits.ts'
import { type Detector, eachMatch } from './detector.ts'

const v4 =
  /(?<![0-9A-Za-z.])(?:(?:25[0-5]|2[0-4]\d|1?\d{1,2})\.){3}(?:25[0-5]|2[0-4]\d|1?\d{1,2})(?![0-9A-Za-z]|\.\d)/g
const v6 = /(?<![0-9A-Za-z:.])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}){1,6}(?![0-9A-Za-z:])/gi
const v6Form =
  /^(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?=(?:[^:]*:){2,7}[^:]*$)(?!.*::.*::)[0-9a-f:]*::[0-9a-f:]*)$/i

const isNobodys4 = (text: string): boolean => {
  const [a = 0, b = 0, c = 0] = text.split('.').map(Number)
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && (b === 168 || (b === 0 && (c === 2 || c === 0)))) ||
    (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) ||
    (a === 203 && b === 0 && c === 113)
  )
}

const isNobodys = (text: string): boolean =>
  text.includes(':') ? /^(?:::1?$|f[cd]|fe[89ab]|ff|2001:0?db8:)/i.test(text) : isNobodys4(text)

export const ip: Detector = {
  type: 'ip',
  title: 'public IP address',
  kind: 'personal',
  names: [
    'ip',
    'ipaddr',
    'ipaddress',
    'clientip',
    'remoteip',
    'remoteaddr',
    'userip',
    'loginip',
    'sourceip',
    'xforwardedfor',
    'xrealip',
    'ip地址',
  ],
  fits: (text) => new RegExp(`^${v4.source}$`).test(text) || v6Form.test(text),
  pattern: {
    needs: has.digit,
    find(text, found, { seen, digits }) {
      // A version has four parts as well, but small ones.
      if ((seen & has.dot) !== 0 && digits >= 4)
        eachMatch(text, v4, (start, end) => {
          const value = text.slice(start, end)
          if (
            !isNobodys4(value) &&
            /\d\d/.test(value) &&
            !/(?:v|version|版本)[ :=]{0,3}$/i.test(text.slice(Math.max(0, start - 10), start))
          )
            found(start, end)
        })
      if ((seen & has.colon) !== 0)
        eachMatch(text, v6, (start, end) => {
          const value = text.slice(start, end)
          // Times of day have colons too.
          if (v6Form.test(value) && value.length >= 11 && (value.match(/:/g)?.length ?? 0) >= 3)
            found(start, end)
        })
    },
  },
  canon: (text) => text.toLowerCase(),
  isFake: isNobodys,
  fake: (canon, draw) =>
    canon.includes(':')
      ? `2001:db8:${[0, 1, 2, 3].map(() => (4096 + draw.below(61_440)).toString(16)).join(':')}::1`
      : `198.${18 + draw.below(2)}.${draw.below(256)}.${1 + draw.below(254)}`,
  render: (fake) => fake,
  samples: {
    sensitive: [
      'from ⟦114.247.50.2⟧:8080',
      '⟦2409:8a00:1234:5678:9abc:def0:1234:5678⟧',
      '⟦240e:abcd:1234::12⟧',
      '⟦240e:abcd:fee::ad⟧',
      '⟦2a0d:face::be:ef⟧',
    ],
    named: [['clientIp', '36.110.1.9']],
    harmless: [
      '10.0.0.1',
      '127.0.0.1',
      '1.2.3.4',
      'v10.20.30.40',
      '192.168.1.10',
      '12:30:45',
      '2001:db8::1',
      '198.18.3.4',
      '1.2.3.4.5',
    ],
  },
}
