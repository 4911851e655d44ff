/** grpc.reflection.v1 (and v1alpha, which is the same on the wire): the definitions that mocks are read with. */
import type { Reply } from '../../../core/reply.ts'
import { SingleMessage } from '../body.ts'
import type { GrpcCall } from '../call.ts'
import { statusCode } from '../codec/status.ts'
import { bytesField, concat, numberField, readFields, textOf } from '../codec/wire.ts'
import { ok, outcome } from '../reply/outcome.ts'
import { dressed } from '../reply/render.ts'
import { type GrpcDefinitions, grpcDefinitions } from '../schema.ts'

/** One request of the stream, or its end. */
export const answerReflection = (call: GrpcCall): Reply => {
  if (call.method !== 'each') return dressed(call, outcome([], [], ok))
  const request = requestOf(call)
  const definitions = grpcDefinitions(call.service.definitions)
  const answer =
    definitions === undefined
      ? notFound('svc-mock has no definitions of this service')
      : answerTo(request, definitions)
  // ServerReflectionResponse: valid_host = 1, original_request = 2, and the answer.
  const host = readFields(request).find(({ number }) => number === 1)
  return dressed(
    call,
    outcome(
      [],
      [concat([...(host === undefined ? [] : [bytesField(1, host.bytes)]), bytesField(2, request), answer])],
      ok,
    ),
  )
}

/** The message is there: one of a stream is asked about when it has come. */
const requestOf = ({ body }: GrpcCall): Uint8Array =>
  body instanceof SingleMessage ? body.payload : new Uint8Array(0)

const answerTo = (request: Uint8Array, definitions: GrpcDefinitions): Uint8Array => {
  const asked = readFields(request).find(({ number }) => number >= 3 && number <= 7)
  const text = textOf(asked)
  switch (asked?.number) {
    case 3:
      return files(definitions.filesOfName(text), `no file ${text}`)
    case 4:
      return files(definitions.filesOfSymbol(text), `no symbol ${text}`)
    case 5: {
      const fields = readFields(asked.bytes)
      const message = textOf(fields.find(({ number }) => number === 1))
      const number = fields.find((field) => field.number === 2)?.value ?? 0
      return files(definitions.filesOfExtension(message, number), `no extension ${number} of ${message}`)
    }
    case 6: {
      const numbers = definitions.extensionNumbers(text)
      if (numbers === undefined) return notFound(`no type ${text}`)
      // ExtensionNumberResponse: base_type_name = 1, extension_number = 2.
      return bytesField(5, concat([bytesField(1, text), ...numbers.map((number) => numberField(2, number))]))
    }
    case 7:
      // ListServiceResponse: service = 1, each { name = 1 }.
      return bytesField(6, concat(definitions.services.map((name) => bytesField(1, bytesField(1, name)))))
    default:
      return errorResponse(statusCode('INVALID_ARGUMENT'), 'the request asks for nothing that is known')
  }
}

/** FileDescriptorResponse: file_descriptor_proto = 1. */
const files = (found: readonly Uint8Array[] | undefined, missing: string): Uint8Array =>
  found === undefined ? notFound(missing) : bytesField(4, concat(found.map((file) => bytesField(1, file))))

const notFound = (message: string): Uint8Array => errorResponse(statusCode('NOT_FOUND'), message)

/** ErrorResponse: error_code = 1, error_message = 2. */
const errorResponse = (code: number, message: string): Uint8Array =>
  bytesField(7, concat([numberField(1, code), bytesField(2, message)]))
