/** What is masked is still what it was: scripts, pages, tables and documents around values keep their form. */
import { expect, it } from 'vitest'
import { bodyText, cleaned, exchange } from './tools.ts'

const masked = (contentType: string, body: string): string =>
  bodyText(cleaned(exchange({}, { contentType, body })).reply)

const unchanged: Readonly<Record<string, readonly [type: string, body: string]>> = {
  'a page': [
    'text/html',
    '<!doctype html><html><head><style>p > a { margin: 0 }</style><title>Orders</title></head><body><p class="x">Hello</p></body></html>',
  ],
  'a style sheet': [
    'text/css',
    'body { color: #ff0000; margin: 0 } .token::after { content: "Hello there" }',
  ],
  'a script': [
    'application/javascript',
    'const token = next(); function add(b) { return b + 1 } // adds\nlog("use strict", `a ${b}`)',
  ],
  'a script with quotes left open': ['text/javascript', 'a = "b\nc = \'d\n e = 1'],
  'names of fields as values': ['text/xml', '<r><member><name>phone</name><value>none</value></member></r>'],
  'names of fields in JSON': [
    'application/json',
    '{"fields":[{"name":"phone","value":null},{"key":"password","required":true}]}',
  ],
  'a GraphQL document': [
    'application/json',
    '{"query":"query Q($p: String!) {\\n  user(phone: $p) { id name orders(first: 10) { total } }\\n}","variables":{}}',
  ],
  'a chunk of a language model': [
    'text/event-stream',
    'data: {"object":"chat.completion.chunk","model":"gpt-4o-mini","created":1694268190}\n\ndata: [DONE]\n\n',
  ],
  'words of programs': [
    'application/json',
    '{"a":"iOS","b":"WAIT_BUYER_PAY","c":"in_transit","d":"com.acme.OrderCreated","stock":1000000,"ver":"1.2.3"}',
  ],
}

it.each(Object.entries(unchanged))('%s stays', (_title, [type, body]) => {
  expect(masked(type, body)).toBe(body)
})

const around: Readonly<Record<string, readonly [type: string, body: string, form: RegExp]>> = {
  JSONP: [
    'application/javascript',
    'cb_1({"realName":"张伟明","status":"PAID","phone":"13812345678"});',
    /^cb_1\(\{"realName":"[^"张]{3}","status":"PAID","phone":"19999\d{6}"\}\);$/,
  ],
  'a table': [
    'text/csv',
    'id,realName,phone,status,amount\r\n1,张伟明,13812345678,PAID,12.50\r\n2,"Li ""L"" Lei",138-1234-5679,OPEN,3\r\n',
    /^id,realName,phone,status,amount\r\n1,[^,张]{3},19999\d{6},PAID,12\.50\r\n2,"\w\w ""\w"" \w{3}",199-99\d\d-\d{4},OPEN,3\r\n$/,
  ],
  'a table with semicolons': [
    'text/csv; charset=utf-8',
    '订单号;姓名;手机号\nOD1001;张伟明;13812345678\n',
    /^订单号;姓名;手机号\nOD1001;[^;张]{3};19999\d{6}\n$/,
  ],
  'a literal in GraphQL': [
    'application/graphql',
    'mutation { update(phone: "13812345678", first: 10) { id } }',
    /^mutation \{ update\(phone: "19999\d{6}", first: 10\) \{ id \} \}$/,
  ],
  'a value beside its name': [
    'text/xml',
    '<r><member><name>phone</name><value>13812345678</value></member></r>',
    /^<r><member><name>phone<\/name><value>19999\d{6}<\/value><\/member><\/r>$/,
  ],
  'a pair of coordinates': [
    'application/json',
    '{"location":"120.153576,30.287459","lng":120.153576}',
    /^\{"location":"(120\.\d{6}),30\.\d{6}","lng":\1\}$/,
  ],
  'an organisation code': [
    'application/json',
    '{"orgCode":"D2143569-X"}',
    /^\{"orgCode":"[A-Z]\d{7}-[\dX]"\}$/,
  ],
  'a landline written from abroad': [
    'application/json',
    '{"tel":"+86 21-62281234"}',
    /^\{"tel":"\+86 21-0\d{7}"\}$/,
  ],
}

it.each(Object.entries(around))('%s keeps its form', (_title, [type, body, form]) => {
  expect(masked(type, body)).toMatch(form)
})
