/** The text of a mock file, for places: it is parsed again when somebody asks, and forgotten when nobody does any more. */
import { parseDocument, type YamlDocument } from '../../yaml/document.ts'

export class SourceText {
  readonly #text: string
  readonly #display: string
  #parsed: WeakRef<YamlDocument> | undefined

  constructor(text: string, display: string) {
    this.#text = text
    this.#display = display
  }

  document(): YamlDocument {
    const document = this.#parsed?.deref() ?? parseDocument(this.#text, this.#display)
    this.#parsed = new WeakRef(document)
    return document
  }
}
