/** All detectors, in the order in which they are asked: what has a checksum or a telling shape comes first. */
import { accountId } from './account-id.ts'
import { address } from './address.ts'
import { bankCard } from './bank-card.ts'
import { birthDate } from './birth-date.ts'
import { cardExpiry } from './card-expiry.ts'
import { cnId } from './cn-id.ts'
import { cnLandline } from './cn-landline.ts'
import { cnMobile } from './cn-mobile.ts'
import type { Detector } from './detector.ts'
import { digest } from './digest.ts'
import { email } from './email.ts'
import { entropy } from './entropy.ts'
import { geo } from './geo.ts'
import { hkTwId } from './hk-tw-id.ts'
import { iban } from './iban.ts'
import { imei } from './imei.ts'
import { ip } from './ip.ts'
import { lastFour } from './last-four.ts'
import { mac } from './mac.ts'
import { maskedDisplay } from './masked-display.ts'
import { personName } from './person-name.ts'
import { phone } from './phone.ts'
import { plate } from './plate.ts'
import { secret } from './secret.ts'
import { token } from './token.ts'
import { travelPermit } from './travel-permit.ts'
import { uscc } from './uscc.ts'
import { vin } from './vin.ts'

export const detectors: readonly Detector[] = [
  secret,
  token,
  cnId,
  uscc,
  iban,
  cnMobile,
  cnLandline,
  phone,
  bankCard,
  accountId,
  email,
  hkTwId,
  travelPermit,
  plate,
  vin,
  ip,
  mac,
  imei,
  maskedDisplay,
  lastFour,
  digest,
  cardExpiry,
  birthDate,
  geo,
  address,
  personName,
  entropy,
]
