/** `google.rpc.Status` and the details that our own errors carry (google/rpc/error_details.proto). */
import { bytesField, concat, numberField, readFields, textOf } from './wire.ts'

/** `google.protobuf.Any`. */
export interface Detail {
  readonly typeUrl: string
  readonly value: Uint8Array
}

export interface RpcStatus {
  readonly code: number
  readonly message: string
  readonly details: readonly Detail[]
}

export const typeUrl = (name: string): string => `type.googleapis.com/${name}`

export const encodeStatus = ({ code, message, details }: RpcStatus): Uint8Array =>
  concat([
    ...(code === 0 ? [] : [numberField(1, code)]),
    ...(message === '' ? [] : [bytesField(2, message)]),
    ...details.map((detail) => bytesField(3, encodeAny(detail))),
  ])

const encodeAny = ({ typeUrl: url, value }: Detail): Uint8Array =>
  concat([bytesField(1, url), ...(value.length === 0 ? [] : [bytesField(2, value)])])

/** Throws Error for what is no status. */
export const decodeStatus = (bytes: Uint8Array): RpcStatus => {
  const fields = readFields(bytes)
  return {
    code: fields.findLast(({ number }) => number === 1)?.value ?? 0,
    message: textOf(fields.findLast(({ number }) => number === 2)),
    details: fields.filter(({ number }) => number === 3).map((field) => decodeAny(field.bytes)),
  }
}

const decodeAny = (bytes: Uint8Array): Detail => {
  const fields = readFields(bytes)
  return {
    typeUrl: textOf(fields.findLast(({ number }) => number === 1)),
    value: fields.findLast(({ number }) => number === 2)?.bytes ?? new Uint8Array(0),
  }
}

export const errorInfo = (reason: string, metadata: Readonly<Record<string, string>>): Detail => ({
  typeUrl: typeUrl('google.rpc.ErrorInfo'),
  value: concat([
    bytesField(1, reason),
    bytesField(2, 'svc-mock'),
    ...Object.entries(metadata).map(([key, value]) =>
      bytesField(3, concat([bytesField(1, key), bytesField(2, value)])),
    ),
  ]),
})

export interface Violation {
  readonly type: string
  readonly subject: string
  readonly description: string
}

export const preconditionFailure = (violations: readonly Violation[]): Detail => ({
  typeUrl: typeUrl('google.rpc.PreconditionFailure'),
  value: concat(
    violations.map(({ type, subject, description }) =>
      bytesField(1, concat([bytesField(1, type), bytesField(2, subject), bytesField(3, description)])),
    ),
  ),
})

export const debugInfo = (detail: string): Detail => ({
  typeUrl: typeUrl('google.rpc.DebugInfo'),
  value: bytesField(2, detail),
})
