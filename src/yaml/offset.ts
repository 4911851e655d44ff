/** Where a parser event stands in its text: at the opening quote, the block sign, the brace or the first key. */
import { EVENT_ID, type Event, SCALAR_STYLE } from 'js-yaml'

/** -1 for a value that is not written at all (`key:` and nothing after it). */
export const offsetOf = (event: Event, text: string): number => {
  switch (event.type) {
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.start
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1
    case EVENT_ID.SCALAR:
      switch (event.style) {
        case SCALAR_STYLE.SINGLE_QUOTED:
        case SCALAR_STYLE.DOUBLE_QUOTED:
          return event.valueStart - 1
        case SCALAR_STYLE.LITERAL_BLOCK:
          return text.lastIndexOf('|', event.valueStart - 1)
        case SCALAR_STYLE.FOLDED_BLOCK:
          return text.lastIndexOf('>', event.valueStart - 1)
        default:
          return event.valueStart
      }
    default:
      return -1
  }
}
