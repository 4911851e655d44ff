/** The Kafka clusters behind the services of a workspace: where tenants can have groups and topics. */
import type { Config, ServiceConfig } from '../../config/config.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Authority, TopicPolicy } from '../../core/service-entry.ts'
import { ClusterAdmin } from '../../protocols/kafka/groups/cluster-admin.ts'
import { glob } from '../../protocols/kafka/groups/names.ts'
import { dialFor } from '../tenant-keys/servers.ts'

/** One cluster, which several services may name by the same brokers. */
export interface KafkaCluster {
  readonly services: readonly string[]
  readonly configs: readonly ServiceConfig[]
  readonly brokers: readonly Authority[]
}

/** Those with brokers of their own; what is embedded ends with its process. `only`: a service's name. */
export const kafkaClusters = ({ services }: Config, only: string | undefined): readonly KafkaCluster[] => {
  const wanted = services.filter(
    ({ name, protocol, kafka }) =>
      protocol === 'kafka' && (only ?? name) === name && (kafka?.brokers.length ?? 0) > 0,
  )
  const byBrokers = Map.groupBy(wanted, ({ kafka }) =>
    kafka!.brokers
      .map(({ scheme, host, port }) => `${scheme} ${host}:${port}`)
      .sort()
      .join(),
  )
  return [...byBrokers.values()].map((same) => ({
    services: same.map(({ name }) => name),
    configs: same,
    brokers: same[0]!.kafka!.brokers,
  }))
}

/** `host:port` of its first broker. */
export const clusterName = ({ brokers }: KafkaCluster): string => `${brokers[0]!.host}:${brokers[0]!.port}`

/** How the services share a topic, in the first that says so; undefined: as usual. */
export const policyOf = ({ configs }: KafkaCluster, topic: string): TopicPolicy | undefined =>
  configs
    .map(({ kafka }) => kafka!.topics.find(({ match }) => glob(match).test(topic)))
    .find((policy) => policy !== undefined)

/** Does work on a cluster. Rejects with TENANT_GROUPS_FAILED, UPSTREAM_UNREACHABLE or what the work throws as SvcMockError. */
export const onCluster = async <T>(
  config: Config,
  cluster: KafkaCluster,
  work: (client: ClusterAdmin) => Promise<T>,
): Promise<T> => {
  const dial = dialFor(config)
  const asking = cluster.configs.find(({ kafka }) => kafka!.sasl !== undefined) ?? cluster.configs[0]!
  const open = (target: Authority) =>
    dial(
      { ...target, scheme: target.scheme === 'kafkas' ? 'https' : 'tcp' },
      { tls: asking.tls.upstream, alpn: [] },
    )
  const client = new ClusterAdmin(
    async (broker) => {
      if (broker !== undefined) return open({ ...cluster.brokers[0]!, ...broker })
      let failure: unknown
      for (const target of cluster.brokers) {
        try {
          return await open(target)
        } catch (error) {
          failure ??= error
        }
      }
      throw failure
    },
    asking.kafka!.sasl,
    undefined,
  )
  try {
    return await work(client)
  } catch (error) {
    if (error instanceof SvcMockError) throw error
    throw new SvcMockError('TENANT_GROUPS_FAILED', `${clusterName(cluster)}: ${(error as Error).message}`, {
      cause: error,
    })
  } finally {
    client.close()
  }
}
