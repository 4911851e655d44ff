/** Where the Pact Broker is and who asks it, by the variables that Pact's own tools read. */
import { type BrokerCredentials, credentialsFrom } from '../../contract/formats/pact/broker/hal.ts'

export interface BrokerEnv {
  /** PACT_BROKER_BASE_URL. */
  readonly url: string | undefined
  /** PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD. Never shown. */
  readonly credentials: BrokerCredentials | undefined
}

export const brokerFromEnv = (env: Readonly<Record<string, string | undefined>>): BrokerEnv => ({
  url: env['PACT_BROKER_BASE_URL'] || undefined,
  credentials: credentialsFrom(env),
})
