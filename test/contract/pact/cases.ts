/** Cases of our own: what is expected, what came, and at which places they differ. As JSON text, since spelling of numbers counts. */

import type { SpecVersion } from '../../../src/contract/formats/pact/file/parts.ts'
import type { CaseKind } from '../../../src/contract/formats/pact/match-case.ts'

export interface Case {
  readonly title: string
  readonly kind: CaseKind
  readonly spec: SpecVersion
  readonly expected: string
  readonly actual: string
  /** `kind path` of each mismatch; none: it matches. */
  readonly at: readonly string[]
}

const one =
  (kind: CaseKind, spec: SpecVersion) =>
  (title: string, expected: string, actual: string, ...at: readonly string[]): Case => ({
    title,
    kind,
    spec,
    expected,
    actual,
    at,
  })

const request = one('request', 3)
const response = one('response', 3)
const v2 = one('response', 2)
const v2request = one('request', 2)
const v4 = one('response', 4)
const v4request = one('request', 4)
const message = one('message', 3)
const v4message = one('message', 4)

/** A reply with a JSON body and rules on it. */
const ruled = (body: string, rules: string): string =>
  `{ "body": ${body}, "matchingRules": { "body": ${rules} } }`
const plain = (body: string): string => `{ "body": ${body} }`
const m = (...rules: readonly string[]): string => `{ "matchers": [${rules.join(', ')}] }`
const type = '{ "match": "type" }'

export const cases: readonly Case[] = [
  // method, path, status
  request('method in another case', '{ "method": "get" }', '{ "method": "GET" }'),
  request('another method', '{ "method": "GET" }', '{ "method": "POST" }', 'method '),
  request('another path', '{ "path": "/a" }', '{ "path": "/a/" }', 'path '),
  request(
    'path with a rule',
    `{ "path": "/a/1", "matchingRules": { "path": ${m('{ "match": "regex", "regex": "/a/\\\\d+" }')} } }`,
    '{ "path": "/a/22" }',
  ),
  request(
    'path against a rule',
    `{ "path": "/a/1", "matchingRules": { "path": ${m('{ "match": "regex", "regex": "/a/\\\\d+" }')} } }`,
    '{ "path": "/a/22/b" }',
    'path ',
  ),
  v2request(
    'path with a rule of V2',
    '{ "path": "/a/1", "matchingRules": { "$.path": { "match": "regex", "regex": "/a/\\\\d+" } } }',
    '{ "path": "/a/2" }',
  ),
  response('another status', '{ "status": 200 }', '{ "status": 201 }', 'status '),
  v4(
    'status of a class',
    `{ "status": 200, "matchingRules": { "status": ${m('{ "match": "statusCode", "status": "success" }')} } }`,
    '{ "status": 204 }',
  ),
  v4(
    'status outside a class',
    `{ "status": 200, "matchingRules": { "status": { "$": ${m('{ "match": "statusCode", "status": "success" }')} } } }`,
    '{ "status": 404 }',
    'status ',
  ),

  // query
  v2request('query as text in another order', '{ "query": "a=1&b=2" }', '{ "query": "b=2&a=1" }'),
  v2request('query encoded otherwise', '{ "query": "a=x%20y" }', '{ "query": "a=x+y" }'),
  request(
    'one name in another order',
    '{ "query": { "a": ["1", "2"] } }',
    '{ "query": { "a": ["2", "1"] } }',
    'query a',
    'query a',
  ),
  request(
    'a parameter too many',
    '{ "query": { "a": ["1"] } }',
    '{ "query": { "a": ["1"], "b": ["2"] } }',
    'query b',
  ),
  request('a parameter where none is expected', '{}', '{ "query": { "b": ["2"] } }', 'query b'),
  request('a parameter missing', '{ "query": { "a": ["1"] } }', '{}', 'query a'),
  request('a value too many', '{ "query": { "a": ["1"] } }', '{ "query": { "a": ["1", "1"] } }', 'query a'),
  request(
    'values with a rule',
    `{ "query": { "a": ["1"] }, "matchingRules": { "query": { "a": ${m('{ "match": "integer" }')} } } }`,
    '{ "query": { "a": ["2", "33"] } }',
  ),
  request(
    'a value against a rule',
    `{ "query": { "a": ["1"] }, "matchingRules": { "query": { "a": ${m('{ "match": "integer" }')} } } }`,
    '{ "query": { "a": ["2", "x"] } }',
    'query a',
  ),
  request(
    'too few values',
    `{ "query": { "a": ["1"] }, "matchingRules": { "query": { "a": ${m('{ "match": "type", "min": 2 }')} } } }`,
    '{ "query": { "a": ["2"] } }',
    'query a',
  ),
  request(
    'a rule on one of the values',
    `{ "query": { "a": ["1", "2"] }, "matchingRules": { "query": { "$.a[1]": ${m(type)} } } }`,
    '{ "query": { "a": ["1", "9"] } }',
  ),
  v2request(
    'a query rule of V2',
    '{ "query": "a=1", "matchingRules": { "$.query.a": { "match": "regex", "regex": "\\\\d" } } }',
    '{ "query": "a=2" }',
  ),

  // headers
  response('a header more', '{ "headers": { "A": "1" } }', '{ "headers": { "a": "1", "b": "2" } }'),
  response(
    'a header in another case',
    '{ "headers": { "A": "x" } }',
    '{ "headers": { "A": "X" } }',
    'header A',
  ),
  response('a header missing', '{ "headers": { "A": "x" } }', '{ "headers": {} }', 'header A'),
  response(
    'blanks after commas',
    '{ "headers": { "X-List": "a,b" } }',
    '{ "headers": { "X-List": "a, b" } }',
  ),
  response(
    'lists in another order',
    '{ "headers": { "Accept": "a, b" } }',
    '{ "headers": { "Accept": "b, a" } }',
    'header Accept',
    'header Accept',
  ),
  v4('lists as lists', '{ "headers": { "Accept": ["a", "b"] } }', '{ "headers": { "Accept": ["a, b"] } }'),
  response(
    'a date is no list',
    '{ "headers": { "Expires": "Sat, 21 Nov 2026 10:00:00 GMT" } }',
    '{ "headers": { "Expires": "Sat, 21 Nov 2026 10:00:00 GMT" } }',
  ),
  response(
    'a parameter more',
    '{ "headers": { "Content-Type": "application/json" } }',
    '{ "headers": { "Content-Type": "application/json; charset=utf-8" } }',
  ),
  response(
    'a parameter less',
    '{ "headers": { "Content-Type": "application/json; charset=utf-8" } }',
    '{ "headers": { "Content-Type": "application/json" } }',
    'header Content-Type',
  ),
  response(
    'a header rule in any case of its name',
    `{ "headers": { "X-Id": "1" }, "matchingRules": { "header": { "x-ID": ${m('{ "match": "regex", "regex": "\\\\d+" }')} } } }`,
    '{ "headers": { "x-id": "77" } }',
  ),
  response(
    'a rule on a line with commas',
    `{ "headers": { "Accept": "a, b" }, "matchingRules": { "header": { "Accept": ${m('{ "match": "regex", "regex": "a, \\\\w" }')} } } }`,
    '{ "headers": { "Accept": "a, c" } }',
  ),
  response(
    'a rule on each value',
    `{ "headers": { "Accept": "a, b" }, "matchingRules": { "header": { "Accept": ${m('{ "match": "regex", "regex": "\\\\w" }')} } } }`,
    '{ "headers": { "Accept": "c, d, ee" } }',
    'header Accept',
  ),
  v2(
    'a header rule of V2',
    '{ "headers": { "A": "1" }, "matchingRules": { "$.headers.A": { "match": "regex", "regex": "\\\\d" } } }',
    '{ "headers": { "A": "2" } }',
  ),

  // bodies: whether there is one
  response('nothing is said of the body', '{}', plain('{ "a": 1 }')),
  response('null: there must be none', '{ "body": null }', plain('{ "a": 1 }'), 'body $'),
  response('null and none', '{ "body": null }', '{}'),
  response('empty and null', '{ "body": "" }', '{ "body": null }'),
  response('a body is missing', plain('{ "a": 1 }'), '{}', 'body $'),
  v4(
    'an empty body of V4',
    '{ "body": { "content": "" } }',
    '{ "body": { "content": { "a": 1 } } }',
    'body $',
  ),
  v4(
    'bytes',
    '{ "body": { "content": "AAEC", "contentType": "image/png", "encoded": "base64" } }',
    '{ "body": { "content": "AAEC", "contentType": "image/png", "encoded": true } }',
  ),
  v4(
    'other bytes',
    '{ "body": { "content": "AAEC", "contentType": "image/png", "encoded": "base64" } }',
    '{ "body": { "content": "AAED", "contentType": "image/png", "encoded": "base64" } }',
    'body $',
  ),
  v4(
    'bytes of a kind',
    `{ "body": { "content": "R0lGODlh", "contentType": "image/gif", "encoded": "base64" }, "matchingRules": { "body": { "$": ${m('{ "match": "contentType", "value": "image/gif" }')} } } }`,
    '{ "body": { "content": "R0lGODdhAAA=", "contentType": "image/gif", "encoded": "base64" } }',
  ),
  v4(
    'JSON as text',
    '{ "body": { "content": { "a": 1 }, "contentType": "application/json" } }',
    '{ "body": { "content": "{\\"a\\":1}", "contentType": "application/json", "encoded": "JSON" } }',
  ),
  v4(
    'a JSON text value',
    '{ "body": { "content": "1", "contentType": "application/json" } }',
    '{ "body": { "content": 1, "contentType": "application/json" } }',
    'body $',
  ),
  response(
    'another content type',
    '{ "headers": { "Content-Type": "application/json" }, "body": { "a": 1 } }',
    '{ "headers": { "Content-Type": "text/plain" }, "body": "a" }',
    'header Content-Type',
    'bodyType ',
  ),
  response(
    'another content type that a rule allows',
    `{ "headers": { "Content-Type": "application/json" }, "body": { "a": 1 }, "matchingRules": { "header": { "Content-Type": ${m('{ "match": "regex", "regex": "application/.*json" }')} } } }`,
    '{ "headers": { "Content-Type": "application/vnd.a+json" }, "body": { "a": 1 } }',
  ),
  response(
    'no JSON',
    plain('{ "a": 1 }'),
    '{ "headers": { "Content-Type": "application/json" }, "body": "<html>" }',
    'body $',
  ),

  // JSON without rules
  response('a reply may say more', plain('{ "a": 1 }'), plain('{ "a": 1, "b": 2 }')),
  request('a request may not', plain('{ "a": 1 }'), plain('{ "a": 1, "b": 2 }'), 'body $.b'),
  request('an empty object', plain('{}'), plain('{ "b": 2 }'), 'body $'),
  response('a field is missing', plain('{ "a": { "b": 1 } }'), plain('{ "a": {} }'), 'body $.a.b'),
  response('null is a value', plain('{ "a": null }'), plain('{}'), 'body $.a'),
  response('kinds differ', plain('{ "a": {} }'), plain('{ "a": [] }'), 'body $.a'),
  response('lists have a length', plain('[1, 2]'), plain('[1, 2, 3]'), 'body $'),
  response('lists have an order', plain('[1, 2]'), plain('[2, 1]'), 'body $[0]', 'body $[1]'),
  response('an empty list', plain('[]'), plain('[1]'), 'body $'),
  response(
    'numbers by value',
    plain('[1.0, 100, 12345678901234567890]'),
    plain('[1, 1e2, 12345678901234567890]'),
  ),
  response('long numbers differ', plain('12345678901234567890'), plain('12345678901234567891'), 'body $'),

  // JSON with rules
  response('type', ruled('{ "a": 1 }', `{ "$.a": ${m(type)} }`), plain('{ "a": 22.5 }')),
  response(
    'type cascades',
    ruled('{ "a": { "b": [1] } }', `{ "$.a": ${m(type)} }`),
    plain('{ "a": { "b": [2, 3] } }'),
  ),
  response(
    'type cascades and fails',
    ruled('{ "a": { "b": [1] } }', `{ "$.a": ${m(type)} }`),
    plain('{ "a": { "b": [2, "3"] } }'),
    'body $.a.b[1]',
  ),
  response(
    'a closer rule wins',
    ruled('{ "a": { "b": 1 } }', `{ "$.a": ${m(type)}, "$.a.b": ${m('{ "match": "equality" }')} }`),
    plain('{ "a": { "b": 2 } }'),
    'body $.a.b',
  ),
  response(
    'a literal wins over a wildcard',
    ruled(
      '{ "a": { "b": "1" } }',
      `{ "$.a.b": ${m('{ "match": "regex", "regex": "\\\\d" }')}, "$.a.*": ${m(type)} }`,
    ),
    plain('{ "a": { "b": "x" } }'),
    'body $.a.b',
  ),
  response(
    'fields must be there under type',
    ruled('{ "a": { "b": 1 } }', `{ "$.a": ${m(type)} }`),
    plain('{ "a": {} }'),
    'body $.a.b',
  ),
  response(
    'min',
    ruled('{ "a": [1] }', `{ "$.a": ${m('{ "match": "type", "min": 2 }')} }`),
    plain('{ "a": [5] }'),
    'body $.a',
  ),
  response(
    'max',
    ruled('{ "a": [1] }', `{ "$.a": ${m('{ "match": "type", "max": 2 }')} }`),
    plain('{ "a": [5, 6, 7] }'),
    'body $.a',
  ),
  response(
    'bounds do not cascade',
    ruled('{ "a": [[1]] }', `{ "$.a": ${m('{ "match": "type", "min": 2 }')} }`),
    plain('{ "a": [[1], [2]] }'),
  ),
  response(
    'bounds hold for an empty example',
    ruled('{ "a": [] }', `{ "$.a": ${m('{ "match": "type", "min": 1 }')} }`),
    plain('{ "a": [] }'),
    'body $.a',
  ),
  response(
    'each item like the first',
    ruled(
      '{ "a": [{ "id": 1 }] }',
      `{ "$.a": ${m('{ "match": "type", "min": 1 }')}, "$.a[*].id": ${m('{ "match": "integer" }')} }`,
    ),
    plain('{ "a": [{ "id": 2 }, { "id": 3.5 }] }'),
    'body $.a[1].id',
  ),
  v2(
    'V2: min alone',
    '{ "body": { "a": [1] }, "matchingRules": { "$.body.a": { "min": 1 } } }',
    plain('{ "a": [3, 4] }'),
  ),
  v2(
    'V2: in brackets',
    '{ "body": { "a b": "1" }, "matchingRules": { "$.body[\'a b\']": { "match": "regex", "regex": "\\\\d" } } }',
    plain('{ "a b": "x" }'),
    "body $['a b']",
  ),
  response(
    'integer by its spelling',
    ruled('{ "a": 1 }', `{ "$.a": ${m('{ "match": "integer" }')} }`),
    plain('{ "a": 1.0 }'),
    'body $.a',
  ),
  response(
    'decimal by its spelling',
    ruled('{ "a": 1.5 }', `{ "$.a": ${m('{ "match": "decimal" }')} }`),
    plain('{ "a": 1.0 }'),
  ),
  response(
    'an integer of any length',
    ruled('{ "a": 1 }', `{ "$.a": ${m('{ "match": "integer" }')} }`),
    plain('{ "a": 123456789012345678901234567890 }'),
  ),
  response(
    'AND',
    ruled('{ "a": "x1" }', `{ "$.a": ${m(type, '{ "match": "include", "value": "x" }')} }`),
    plain('{ "a": "y" }'),
    'body $.a',
  ),
  response(
    'OR',
    ruled(
      '{ "a": "x" }',
      '{ "$.a": { "combine": "OR", "matchers": [{ "match": "null" }, { "match": "type" }] } }',
    ),
    plain('{ "a": null }'),
  ),
  response(
    'OR, and none holds',
    ruled(
      '{ "a": "x" }',
      '{ "$.a": { "combine": "OR", "matchers": [{ "match": "null" }, { "match": "type" }] } }',
    ),
    plain('{ "a": 1 }'),
    'body $.a',
    'body $.a',
  ),
  response(
    'values: any keys',
    ruled('{ "a": { "k": { "n": 1 } } }', `{ "$.a": ${m('{ "match": "values" }')}, "$.a.*": ${m(type)} }`),
    plain('{ "a": { "x": { "n": 2 }, "y": { "n": 3 } } }'),
  ),
  response(
    'values: each like the first',
    ruled('{ "a": { "k": { "n": 1 } } }', `{ "$.a": ${m('{ "match": "values" }')}, "$.a.*": ${m(type)} }`),
    plain('{ "a": { "x": { "n": "2" } } }'),
    'body $.a.x.n',
  ),
  v4(
    'eachKey',
    ruled(
      '{ "content": { "a": { "k1": 1 } } }',
      `{ "$.a": ${m('{ "match": "eachKey", "rules": [{ "match": "regex", "regex": "k\\\\d" }] }', '{ "match": "eachValue", "rules": [{ "match": "integer" }] }')} }`,
    ),
    plain('{ "content": { "a": { "k2": 5, "k3": 6 } } }'),
  ),
  v4(
    'eachKey fails',
    ruled(
      '{ "content": { "a": { "k1": 1 } } }',
      `{ "$.a": ${m('{ "match": "eachKey", "rules": [{ "match": "regex", "regex": "k\\\\d" }] }')} }`,
    ),
    plain('{ "content": { "a": { "x": 5 } } }'),
    'body $.a.x',
  ),
  v4(
    'eachValue of a map fails',
    ruled(
      '{ "content": { "a": { "k1": 1 } } }',
      `{ "$.a": ${m('{ "match": "eachValue", "rules": [{ "match": "integer" }] }')} }`,
    ),
    plain('{ "content": { "a": { "k2": 5, "k3": "6" } } }'),
    'body $.a.k3',
  ),
  v4(
    'eachValue of a list',
    ruled(
      '{ "content": { "a": ["x"] } }',
      `{ "$.a": ${m('{ "match": "eachValue", "rules": [{ "match": "regex", "regex": "\\\\w" }] }')} }`,
    ),
    plain('{ "content": { "a": ["y", "zz"] } }'),
    'body $.a[1]',
  ),
  v4(
    'arrayContains',
    ruled(
      '{ "content": [{ "t": "a", "n": 1 }, { "t": "b" }] }',
      `{ "$": ${m('{ "match": "arrayContains", "variants": [{ "index": 0, "rules": { "$.n": { "matchers": [{ "match": "integer" }] } } }, { "index": 1, "rules": {} }] }')} }`,
    ),
    plain('{ "content": [{ "t": "c" }, { "t": "b" }, { "t": "a", "n": 7 }] }'),
  ),
  v4(
    'arrayContains fails',
    ruled(
      '{ "content": [{ "t": "a" }] }',
      `{ "$": ${m('{ "match": "arrayContains", "variants": [{ "index": 0, "rules": {} }] }')} }`,
    ),
    plain('{ "content": [{ "t": "c" }] }'),
    'body $',
  ),
  v4(
    'notEmpty',
    ruled('{ "content": { "a": [1] } }', `{ "$.a": ${m('{ "match": "notEmpty" }')} }`),
    plain('{ "content": { "a": [] } }'),
    'body $.a',
  ),

  // XML
  response(
    'XML: attributes and texts',
    plain('"<?xml version=\\"1.0\\"?><a id=\\"1\\"><b>x</b></a>"'),
    plain('"<a id=\\"2\\"><b> y </b></a>"'),
    "body $.a['@id']",
    "body $.a.b['#text']",
  ),
  response('XML: more in a reply', plain('"<a><b>x</b></a>"'), plain('"<a c=\\"1\\"><b>x</b><d/></a>"')),
  request(
    'XML: more in a request',
    plain('"<a><b>x</b></a>"'),
    plain('"<a c=\\"1\\"><b>x</b><d/></a>"'),
    "body $.a['@c']",
    'body $.a.d',
  ),
  response('XML: siblings in another order', plain('"<a><b/><c/></a>"'), plain('"<a><c/><b/></a>"')),
  response('XML: an element is missing', plain('"<a><b/><b/></a>"'), plain('"<a><b/></a>"'), 'body $.a.b'),
  response(
    'XML: prefixes mean nothing',
    plain('"<x:a xmlns:x=\\"urn:1\\"/>"'),
    plain('"<a xmlns=\\"urn:1\\"/>"'),
  ),
  response(
    'XML: namespaces do',
    plain('"<x:a xmlns:x=\\"urn:1\\"/>"'),
    plain('"<x:a xmlns:x=\\"urn:2\\"/>"'),
    'body $.a',
  ),
  response('XML: no namespace is expected', plain('"<a/>"'), plain('"<a xmlns=\\"urn:2\\"/>"')),
  response(
    'XML: rules',
    ruled(
      '"<a><b id=\\"1\\">x</b></a>"',
      `{ "$.a.b": ${m('{ "match": "type" }')}, "$.a.b['@id']": ${m('{ "match": "integer" }')}, "$.a.b['#text']": ${m('{ "match": "regex", "regex": "\\\\w" }')} }`,
    ),
    plain('"<a><b id=\\"1\\">y</b><b id=\\"x\\">zz</b></a>"'),
    "body $.a.b['@id']",
    "body $.a.b['#text']",
  ),
  response(
    'XML: rules by prefix',
    ruled('"<p:a xmlns:p=\\"urn:1\\">1</p:a>"', `{ "$['p:a']['#text']": ${m('{ "match": "integer" }')} }`),
    plain('"<q:a xmlns:q=\\"urn:1\\">2</q:a>"'),
  ),
  response(
    'XML: a DTD is refused',
    plain('"<a/>"'),
    plain('"<?xml version=\\"1.0\\"?><!DOCTYPE a><a/>"'),
    'body $',
  ),

  // forms, text, multipart
  request(
    'form in another order',
    '{ "headers": { "Content-Type": "application/x-www-form-urlencoded" }, "body": "a=1&b=2" }',
    '{ "headers": { "Content-Type": "application/x-www-form-urlencoded" }, "body": "b=2&a=1" }',
  ),
  request(
    'form with a rule',
    `{ "headers": { "Content-Type": "application/x-www-form-urlencoded" }, "body": "a=1", "matchingRules": { "body": { "$.a": ${m('{ "match": "integer" }')} } } }`,
    '{ "headers": { "Content-Type": "application/x-www-form-urlencoded" }, "body": "a=x" }',
    'body $.a',
  ),
  response(
    'text',
    '{ "headers": { "Content-Type": "text/plain" }, "body": "a" }',
    '{ "headers": { "Content-Type": "text/plain" }, "body": "b" }',
    'body $',
  ),
  response(
    'text with a rule',
    `{ "headers": { "Content-Type": "text/plain" }, "body": "a", "matchingRules": { "body": { "$": ${m('{ "match": "regex", "regex": "\\\\w" }')} } } }`,
    '{ "headers": { "Content-Type": "text/plain" }, "body": "b" }',
  ),
  v4request(
    'multipart with other boundaries',
    `{ "headers": { "Content-Type": "multipart/form-data; boundary=A" }, "body": { "content": "--A\\r\\ncontent-disposition: form-data; name=\\"n\\"\\r\\ncontent-type: application/json\\r\\n\\r\\n{\\"a\\":1}\\r\\n--A--", "contentType": "multipart/form-data; boundary=A" }, "matchingRules": { "body": { "$.n.a": ${m('{ "match": "integer" }')} } } }`,
    '{ "headers": { "Content-Type": "multipart/form-data; boundary=B" }, "body": { "content": "--B\\r\\ncontent-disposition: form-data; name=\\"n\\"\\r\\ncontent-type: application/json\\r\\n\\r\\n{\\"a\\":2}\\r\\n--B--", "contentType": "multipart/form-data; boundary=B" } }',
  ),
  v4request(
    'a part is missing',
    '{ "headers": { "Content-Type": "multipart/form-data; boundary=A" }, "body": { "content": "--A\\r\\ncontent-disposition: form-data; name=\\"n\\"\\r\\n\\r\\n1\\r\\n--A--", "contentType": "multipart/form-data; boundary=A" } }',
    '{ "headers": { "Content-Type": "multipart/form-data; boundary=A" }, "body": { "content": "--A\\r\\ncontent-disposition: form-data; name=\\"m\\"\\r\\n\\r\\n1\\r\\n--A--", "contentType": "multipart/form-data; boundary=A" } }',
    'body $.n',
    'body $.m',
  ),

  // messages
  message('contents may say more', '{ "contents": { "a": 1 } }', '{ "contents": { "a": 1, "b": 2 } }'),
  message(
    'contents differ',
    '{ "metaData": { "contentType": "application/json" }, "contents": { "a": 1 } }',
    '{ "metaData": { "contentType": "application/json" }, "contents": { "a": 2 } }',
    'body $.a',
  ),
  message(
    'metadata',
    '{ "metadata": { "topic": "a", "k": 1 }, "contents": "x" }',
    '{ "metadata": { "topic": "b", "K": 1, "more": 1 }, "contents": "x" }',
    'metadata topic',
  ),
  message(
    'metadata with a rule',
    `{ "metadata": { "topic": "a1" }, "contents": "x", "matchingRules": { "metadata": { "topic": ${m('{ "match": "regex", "regex": "a\\\\d" }')} } } }`,
    '{ "metadata": { "topic": "a2" }, "contents": "x" }',
  ),
  message(
    'metadata missing',
    '{ "metadata": { "topic": "a" }, "contents": "x" }',
    '{ "contents": "x" }',
    'metadata topic',
  ),
  v4message(
    'V4: content',
    `{ "contents": { "content": { "a": 1 }, "contentType": "application/json" }, "matchingRules": { "content": { "$.a": ${m(type)} } } }`,
    '{ "contents": { "content": { "a": 5 }, "contentType": "application/json" } }',
  ),
]
