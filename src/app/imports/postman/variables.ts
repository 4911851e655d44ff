/** Variables in the answer of an example: known ones by their values, Postman's dynamic ones as expressions. */
import { escapeTemplates } from '../source/reply.ts'
import type { Variables } from './url.ts'

const faker = (path: string): string => `faker.${path}()`

const dynamic: Readonly<Record<string, string>> = {
  $guid: 'uuid()',
  $randomUUID: 'uuid()',
  $timestamp: 'Math.floor(Date.parse(now()) / 1000)',
  $isoTimestamp: 'now()',
  $randomInt: 'Math.floor(random() * 1001)',
  $randomBoolean: 'random() < 0.5',
  $randomAlphaNumeric: 'faker.string.alphanumeric(1)',
  $randomFirstName: faker('person.firstName'),
  $randomLastName: faker('person.lastName'),
  $randomFullName: faker('person.fullName'),
  $randomUserName: faker('internet.username'),
  $randomJobTitle: faker('person.jobTitle'),
  $randomEmail: faker('internet.email'),
  $randomExampleEmail: faker('internet.exampleEmail'),
  $randomPhoneNumber: faker('phone.number'),
  $randomCity: faker('location.city'),
  $randomStreetName: faker('location.street'),
  $randomStreetAddress: faker('location.streetAddress'),
  $randomCountry: faker('location.country'),
  $randomCountryCode: faker('location.countryCode'),
  $randomLatitude: faker('location.latitude'),
  $randomLongitude: faker('location.longitude'),
  $randomCompanyName: faker('company.name'),
  $randomProduct: faker('commerce.product'),
  $randomProductName: faker('commerce.productName'),
  $randomPrice: faker('commerce.price'),
  $randomColor: faker('color.human'),
  $randomHexColor: faker('color.rgb'),
  $randomIP: faker('internet.ipv4'),
  $randomIPV6: faker('internet.ipv6'),
  $randomMACAddress: faker('internet.mac'),
  $randomPassword: faker('internet.password'),
  $randomUrl: faker('internet.url'),
  $randomDomainName: faker('internet.domainName'),
  $randomUserAgent: faker('internet.userAgent'),
  $randomWord: faker('lorem.word'),
  $randomWords: faker('lorem.words'),
  $randomLoremWord: faker('lorem.word'),
  $randomLoremSentence: faker('lorem.sentence'),
  $randomLoremParagraph: faker('lorem.paragraph'),
  $randomDatePast: 'faker.date.past().toISOString()',
  $randomDateFuture: 'faker.date.future().toISOString()',
  $randomDateRecent: 'faker.date.recent().toISOString()',
  $randomCurrencyCode: 'faker.finance.currencyCode()',
  $randomBankAccount: 'faker.finance.accountNumber()',
  $randomFileName: 'faker.system.fileName()',
}

/** `unknown` gets the names of variables that stay as they are. */
export const answerText = (text: string, variables: Variables, unknown: (name: string) => void): string =>
  text
    .split(/(\{\{[^{}]*\}\})/)
    .map((piece, i) => {
      if (i % 2 === 0) return escapeTemplates(piece)
      const name = piece.slice(2, -2).trim()
      const known = variables.get(name)
      if (known !== undefined) return escapeTemplates(known)
      const made = Object.hasOwn(dynamic, name) ? dynamic[name] : undefined
      if (made !== undefined) return `\${{ ${made} }}`
      unknown(name)
      return escapeTemplates(piece)
    })
    .join('')
