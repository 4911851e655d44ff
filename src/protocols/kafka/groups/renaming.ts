/** The tenant's names, put into requests and taken out of responses. */
import type { NameKind } from '../../../core/lane.ts'
import { int, list, type Message, text, textOrNull, texts } from '../messages/index.ts'
import * as key from '../session/keys.ts'
import type { Treatment } from '../session/treatment.ts'
import { type Change, compilePaths, groupFields, type NameFields, topicFields } from './name-fields.ts'
import type { Names } from './names.ts'

type Part = readonly [number, Treatment]

export const renaming = (names: Names): readonly Part[] => {
  const rename: Change = (kind, name) => names.rename(kind, name)
  const restore: Change = (kind, name) => names.restore(kind, name)
  const by = (fields: NameFields): Treatment => ({
    ...(fields.request !== undefined && { request: using(fields.request, rename) }),
    ...(fields.response !== undefined && { response: using(fields.response, restore) }),
  })
  return [
    // A name of a transaction is looked for in each Produce request: without one the request stays as it is.
    ...[...groupFields].map(([api, fields]): Part => [api, by(fields)]),
    ...(names.hasPrivate ? [...topicFields].map(([api, fields]): Part => [api, by(fields)]) : []),
    [key.findCoordinator, coordinators(names)],
    ...[32, 33, 44, 74].map((api): Part => [api, resources(names)]),
    [66, transactions()],
  ]
}

const using = (paths: Readonly<Record<string, NameKind>>, change: Change) => {
  const visit = compilePaths(paths)
  return (message: Message): undefined => {
    visit(message, change)
  }
}

const coordinatorKinds: readonly (NameKind | undefined)[] = ['group', 'transaction']

/** Groups and transactions by a type beside the key. What is named like both is restored alike. */
const coordinators = (names: Names): Treatment => ({
  request: (message) => {
    const kind = coordinatorKinds[int(message, 'keyType')]
    if (kind === undefined) return undefined
    message['key'] = names.rename(kind, text(message, 'key'))
    message['coordinatorKeys'] = texts(message, 'coordinatorKeys').map((one) => names.rename(kind, one))
    return undefined
  },
  response: (message) => {
    for (const one of list(message, 'coordinators'))
      one['key'] = names.restore('group', text(one, 'key')) ?? text(one, 'key')
  },
})

const resourceKinds: Readonly<Record<number, NameKind>> = { 2: 'topic', 32: 'group' }

/** Configurations of topics and groups. */
const resources = (names: Names): Treatment => {
  const kindOf = (resource: Message): NameKind | undefined => resourceKinds[int(resource, 'resourceType')]
  return {
    request: (message) => {
      if (message['resources'] === undefined) return undefined
      for (const resource of list(message, 'resources')) {
        const kind = kindOf(resource)
        if (kind !== undefined) resource['resourceName'] = names.rename(kind, text(resource, 'resourceName'))
      }
      return undefined
    },
    response: (message) => {
      const field = ['results', 'responses', 'configResources'].find((name) => message[name] !== undefined)
      if (field === undefined) return
      message[field] = list(message, field).filter((resource) => {
        const kind = kindOf(resource)
        if (kind === undefined) return true
        const restored = names.restore(kind, text(resource, 'resourceName'))
        if (restored !== undefined) resource['resourceName'] = restored
        return restored !== undefined
      })
    },
  }
}

/** A pattern over ids (KIP-1152) would have to match the tenant's suffix, so it is applied here, to the tenant's own ids. */
const transactions = (): Treatment => {
  const patterns = new WeakMap<object, RegExp>()
  return {
    request: (message, exchange) => {
      const pattern = textOrNull(message, 'transactionalIdPattern')
      if (pattern === null || pattern === '') return undefined
      message['transactionalIdPattern'] = null
      try {
        patterns.set(exchange, new RegExp(`^(?:${pattern})$`))
        return undefined
      } catch {
        return { errorCode: invalidRegularExpression }
      }
    },
    response: (message, exchange) => {
      const pattern = patterns.get(exchange)
      if (pattern === undefined) return
      message['transactionStates'] = list(message, 'transactionStates').filter((one) =>
        pattern.test(text(one, 'transactionalId')),
      )
    },
  }
}

/** Kafka's INVALID_REGULAR_EXPRESSION. */
const invalidRegularExpression = 128
