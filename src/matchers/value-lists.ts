/** `$hasExactly` and `$includes`: rules for all values under one name, or for the items of a JSON array, in any order. */
import { inBody, inJson, inText, type ListOperator } from './operator.ts'
import { pair } from './pairing.ts'

export const hasExactly: ListOperator = {
  name: '$hasExactly',
  kind: 'list',
  list: (items) => (passes, count) => count === items.length && pair(items.length, count, passes),
  words: (items) => `exactly ${items}, in any order`,
  samples: {
    match: [
      inText({ $hasExactly: ['a', 'b'] }, 'b', 'a'),
      inText({ $hasExactly: [{ $contains: 'a' }, 'a'] }, 'a', 'xa'),
      inJson({ $hasExactly: [{ id: 1 }, { id: 2 }] }, [{ id: 2 }, { id: 1, more: true }]),
      inBody({ $hasExactly: [1] }, '[1]'),
    ],
    noMatch: [
      inText({ $hasExactly: ['a', 'b'] }, 'a'),
      inText({ $hasExactly: ['a'] }, 'a', 'a'),
      inText({ $hasExactly: [{ $contains: 'a' }] }),
      inText({ $hasExactly: ['a', 'a'] }, 'a', 'b'),
      inJson({ $hasExactly: [1] }, 1),
      inBody({ $hasExactly: [1] }, '[1,2]'),
    ],
    wrong: [
      { position: 'text', spec: { $hasExactly: 'a' } },
      { position: 'text', spec: { $hasExactly: [null] } },
    ],
  },
}

export const includes: ListOperator = {
  name: '$includes',
  kind: 'list',
  list: (items) => (passes, count) => {
    for (let item = 0; item < items.length; item++) {
      let found = false
      for (let at = 0; at < count && !found; at++) found = passes(item, at)
      if (!found) return false
    }
    return true
  },
  words: (items) => `includes ${items}`,
  samples: {
    match: [
      inText({ $includes: ['a'] }, 'b', 'a'),
      inText({ $includes: ['a', { $contains: 'b' }] }, 'xb', 'c', 'a'),
      inJson({ $includes: [{ id: 1 }] }, [{ id: 2 }, { id: 1 }]),
      inBody({ $includes: [2] }, '[1,2,3]'),
    ],
    noMatch: [
      inText({ $includes: ['a', 'b'] }, 'a'),
      inText({ $includes: ['a'] }),
      inJson({ $includes: [1] }, { 0: 1 }),
      inBody({ $includes: [1] }, '["1"]'),
    ],
    wrong: [
      { position: 'text', spec: { $includes: [] } },
      { position: 'json', spec: { $includes: 'a' } },
    ],
  },
}
