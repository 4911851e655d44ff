/** What may be shown of addresses. */

/** Of all addresses in a text: what stands before `@` may be a token. */
export const withoutCredentials = (text: string): string =>
  text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/\s@]*@/gi, '$1')
