/** What is thrown at bytes that aren't Kafka's. Its message says what is wrong and where; the connection that sent them can't be read on. */
export class MalformedFrame extends Error {
  override readonly name = 'MalformedFrame'
}

/** A header or body that doesn't follow its specification: the place is the path of the field, and the byte in what was given. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage'
}
