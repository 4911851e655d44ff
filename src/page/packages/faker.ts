/** `faker` of a page's expressions. */
export { base, en, Faker, zh_CN } from '@faker-js/faker'
