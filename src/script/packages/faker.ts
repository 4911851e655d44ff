/** `tools.faker`, bundled for the inside of an isolate. */
export { base, en, Faker, zh_CN } from '@faker-js/faker'
