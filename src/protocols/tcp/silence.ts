/**
 * A fuse against connections that go round: bytes carry no mark of ours, so two svc-mocks whose tcp services point at
 * each other would open connections until the system has none left. On such a ring nobody ever answers, so what is
 * counted is connections on which the real service has not said a byte.
 */
import type { Duplex } from 'node:stream'
import { SvcMockError } from '../../core/errors.ts'

/** No pool of idle connections is as large. */
const silentAtMost = 1_000

export class Silence {
  /** By service. */
  private readonly silent = new Map<string, number>()

  /** Throws LOOP when too many connections of this service are silent. */
  check(service: string): void {
    if ((this.silent.get(service) ?? 0) < silentAtMost) return
    throw new SvcMockError(
      'LOOP',
      `${silentAtMost} connections of ${service} are open on which its upstream has not said a byte: it may lead back here`,
      {
        hint: `look where the upstream of ${service} leads, and whether that is another svc-mock that leads back`,
      },
    )
  }

  /** Counts a connection until its upstream speaks or it ends. */
  watch(service: string, upstream: Duplex): void {
    this.add(service, 1)
    const over = (): void => {
      upstream.off('data', over).off('close', over)
      this.add(service, -1)
    }
    upstream.on('data', over).on('close', over)
  }

  private add(service: string, change: number): void {
    this.silent.set(service, (this.silent.get(service) ?? 0) + change)
  }
}
