/**
 * Files that everybody imports and nobody keeps: protobuf's well-known types and google.rpc's errors, as their authors
 * publish them, without comments (Apache-2.0 and BSD-3-Clause, Google).
 */

const file = (pkg: string, body: string, imports: readonly string[] = []): string =>
  [`syntax = "proto3";`, `package ${pkg};`, ...imports.map((name) => `import "${name}";`), body].join('\n')

const protobuf = 'google.protobuf'

const wrapper = (name: string, type: string): string => `message ${name}Value { ${type} value = 1; }`

export const bundledFiles: Readonly<Record<string, string>> = {
  'google/protobuf/any.proto': file(protobuf, 'message Any { string type_url = 1; bytes value = 2; }'),
  'google/protobuf/duration.proto': file(
    protobuf,
    'message Duration { int64 seconds = 1; int32 nanos = 2; }',
  ),
  'google/protobuf/empty.proto': file(protobuf, 'message Empty {}'),
  'google/protobuf/field_mask.proto': file(protobuf, 'message FieldMask { repeated string paths = 1; }'),
  'google/protobuf/source_context.proto': file(protobuf, 'message SourceContext { string file_name = 1; }'),
  'google/protobuf/struct.proto': file(
    protobuf,
    `message Struct { map<string, Value> fields = 1; }
message Value {
  oneof kind {
    NullValue null_value = 1;
    double number_value = 2;
    string string_value = 3;
    bool bool_value = 4;
    Struct struct_value = 5;
    ListValue list_value = 6;
  }
}
enum NullValue { NULL_VALUE = 0; }
message ListValue { repeated Value values = 1; }`,
  ),
  'google/protobuf/timestamp.proto': file(
    protobuf,
    'message Timestamp { int64 seconds = 1; int32 nanos = 2; }',
  ),
  'google/protobuf/wrappers.proto': file(
    protobuf,
    [
      wrapper('Double', 'double'),
      wrapper('Float', 'float'),
      wrapper('Int64', 'int64'),
      wrapper('UInt64', 'uint64'),
      wrapper('Int32', 'int32'),
      wrapper('UInt32', 'uint32'),
      wrapper('Bool', 'bool'),
      wrapper('String', 'string'),
      wrapper('Bytes', 'bytes'),
    ].join('\n'),
  ),
  'google/rpc/code.proto': file(
    'google.rpc',
    `enum Code {
  OK = 0; CANCELLED = 1; UNKNOWN = 2; INVALID_ARGUMENT = 3; DEADLINE_EXCEEDED = 4; NOT_FOUND = 5;
  ALREADY_EXISTS = 6; PERMISSION_DENIED = 7; UNAUTHENTICATED = 16; RESOURCE_EXHAUSTED = 8;
  FAILED_PRECONDITION = 9; ABORTED = 10; OUT_OF_RANGE = 11; UNIMPLEMENTED = 12; INTERNAL = 13;
  UNAVAILABLE = 14; DATA_LOSS = 15;
}`,
  ),
  'google/rpc/status.proto': file(
    'google.rpc',
    'message Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }',
    ['google/protobuf/any.proto'],
  ),
  'google/rpc/error_details.proto': file(
    'google.rpc',
    `message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
message RetryInfo { google.protobuf.Duration retry_delay = 1; }
message DebugInfo { repeated string stack_entries = 1; string detail = 2; }
message QuotaFailure {
  message Violation {
    string subject = 1;
    string description = 2;
    string api_service = 3;
    string quota_metric = 4;
    string quota_id = 5;
    map<string, string> quota_dimensions = 6;
    int64 quota_value = 7;
    optional int64 future_quota_value = 8;
  }
  repeated Violation violations = 1;
}
message PreconditionFailure {
  message Violation { string type = 1; string subject = 2; string description = 3; }
  repeated Violation violations = 1;
}
message BadRequest {
  message FieldViolation {
    string field = 1;
    string description = 2;
    string reason = 3;
    LocalizedMessage localized_message = 4;
  }
  repeated FieldViolation field_violations = 1;
}
message RequestInfo { string request_id = 1; string serving_data = 2; }
message ResourceInfo {
  string resource_type = 1;
  string resource_name = 2;
  string owner = 3;
  string description = 4;
}
message Help {
  message Link { string description = 1; string url = 2; }
  repeated Link links = 1;
}
message LocalizedMessage { string locale = 1; string message = 2; }`,
    ['google/protobuf/duration.proto'],
  ),
  'grpc/health/v1/health.proto': file(
    'grpc.health.v1',
    `message HealthCheckRequest { string service = 1; }
message HealthCheckResponse {
  enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
  ServingStatus status = 1;
}
message HealthListRequest {}
message HealthListResponse { map<string, HealthCheckResponse> statuses = 1; }
service Health {
  rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
  rpc Watch(HealthCheckRequest) returns (stream HealthCheckResponse);
  rpc List(HealthListRequest) returns (HealthListResponse);
}`,
  ),
  'google/api/http.proto': file(
    'google.api',
    `message Http { repeated HttpRule rules = 1; bool fully_decode_reserved_expansion = 2; }
message HttpRule {
  string selector = 1;
  oneof pattern {
    string get = 2;
    string put = 3;
    string post = 4;
    string delete = 5;
    string patch = 6;
    CustomHttpPattern custom = 8;
  }
  string body = 7;
  string response_body = 12;
  repeated HttpRule additional_bindings = 11;
}
message CustomHttpPattern { string kind = 1; string path = 2; }`,
  ),
  'google/api/annotations.proto': file(
    'google.api',
    'extend google.protobuf.MethodOptions { HttpRule http = 72295728; }',
    ['google/api/http.proto', 'google/protobuf/descriptor.proto'],
  ),
  'google/api/field_behavior.proto': file(
    'google.api',
    `extend google.protobuf.FieldOptions { repeated FieldBehavior field_behavior = 1052 [packed = false]; }
enum FieldBehavior {
  FIELD_BEHAVIOR_UNSPECIFIED = 0; OPTIONAL = 1; REQUIRED = 2; OUTPUT_ONLY = 3; INPUT_ONLY = 4; IMMUTABLE = 5;
  UNORDERED_LIST = 6; NON_EMPTY_DEFAULT = 7; IDENTIFIER = 8;
}`,
    ['google/protobuf/descriptor.proto'],
  ),
}
