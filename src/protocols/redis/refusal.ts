/** What the client is told instead of a reply; the message is an error of Redis' form, with its code. */
export class Refusal extends Error {}
