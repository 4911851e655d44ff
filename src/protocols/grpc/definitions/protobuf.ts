/** protobufjs with its extensions: the one place that imports them, so that they are loaded together or not at all. */
import protobuf from 'protobufjs'
import descriptor from 'protobufjs/ext/descriptor.js'
import protojson from 'protobufjs/ext/protojson.js'

export type {
  Enum,
  Field,
  MapField,
  Message,
  Namespace,
  ReflectionObject,
  Root,
  Service,
  Type,
} from 'protobufjs'
export { descriptor, protobuf, protojson }
