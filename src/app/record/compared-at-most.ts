/** Bytes of a request body: larger ones are not compared, because matching would read them at each call. */
export const comparedAtMost = 64 * 1024
