/** XPath, for matchers of a page. */
import * as xpath from 'xpath'

/** Its types do not know the parser. */
export const { parse } = xpath as unknown as { readonly parse: unknown }
