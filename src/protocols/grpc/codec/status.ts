/** Status codes of gRPC (google/rpc/code.proto), and what they are called elsewhere. */

export const statusNames = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const

export type StatusName = (typeof statusNames)[number]

export const statusCode = (name: StatusName): number => statusNames.indexOf(name)

/** A code that nobody defined is shown as its number. */
export const statusName = (code: number): string => statusNames[code] ?? String(code)

/** Connect calls them so (Connect protocol reference, "Error Codes"); one spelling differs. */
export const connectCode = (code: number): string =>
  code === 1 ? 'canceled' : (statusNames[code] ?? 'UNKNOWN').toLowerCase()

export const codeOfConnect = (name: string): number | undefined => {
  if (name === 'canceled') return 1
  const code = statusNames.findIndex((one) => one.toLowerCase() === name)
  return code < 0 ? undefined : code
}

/** HTTP statuses of Connect's unary errors, by gRPC code. */
const connectStatuses = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401]

export const httpOfStatus = (code: number): number => connectStatuses[code] ?? 500

/** What a client makes of a reply that is no gRPC (doc/http-grpc-status-mapping.md of gRPC). */
const ofHttp: Readonly<Record<number, StatusName>> = {
  400: 'INTERNAL',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'UNIMPLEMENTED',
  429: 'UNAVAILABLE',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
}

export const statusOfHttp = (http: number): number => statusCode(ofHttp[http] ?? 'UNKNOWN')
