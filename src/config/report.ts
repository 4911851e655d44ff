/** Collects what is wrong with the configuration, each with the place of the setting that is in force. */
import type { ErrorCode } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { Path } from '../yaml/tree.ts'
import { type Layer, originOf } from './layer.ts'

export interface Complaint {
  readonly message: string
  readonly hint?: string | undefined
  readonly code?: ErrorCode
  readonly onKey?: boolean
  readonly severity?: Problem['severity']
}

export class Report {
  readonly problems: Problem[] = []
  /** Absolute: files that settings name and that were read; a change of one is a change of the configuration. */
  readonly files = new Set<string>()
  readonly layers: readonly Layer[]

  constructor(layers: readonly Layer[]) {
    this.layers = layers
  }

  /** The setting at `path`; where nothing stands there, the nearest map above it. */
  add(path: Path, complaint: Complaint): void {
    this.problems.push(this.#problem(this.layerOf(path), path, complaint))
  }

  addIn(layer: Layer, path: Path, complaint: Complaint): void {
    this.problems.push(this.#problem(layer, path, complaint))
  }

  layerOf(path: Path): Layer {
    for (let length = path.length; length >= 0; length--) {
      const layer = originOf(this.layers, path.slice(0, length))
      if (layer !== undefined) return layer
    }
    return this.layers[0]!
  }

  #problem(layer: Layer, path: Path, complaint: Complaint): Problem {
    return {
      severity: complaint.severity ?? 'error',
      code: complaint.code ?? 'CONFIG_INVALID',
      ...layer.locate(path, complaint.onKey),
      message: complaint.message,
      ...(complaint.hint === undefined ? {} : { hint: complaint.hint }),
    }
  }
}
