/** Times as texts (RFC 3339 section 5.6): that a field is one is part of its shape. */
export const isMoment = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:?\d{2})?)?$/.test(text)
