/** SORT and SORT_RO, whose other keys stand behind BY, GET and STORE anywhere among their options. */
import { type Treatment, word } from './treatment.ts'

export const sort: Treatment = {
  request: (args, { names }) => {
    const wire = [...args]
    if (args.length > 1) wire[1] = names.key(args[1]!)
    for (let i = 2; i < args.length; i++) {
      const option = word(args, i)
      const value = args[i + 1]
      if (option === 'LIMIT') i += 2
      else if (value === undefined) break
      else if (option === 'STORE') wire[++i] = names.key(value)
      else if (option === 'GET')
        wire[++i] = value.toString('latin1') === '#' ? value : names.elementPattern(value)
      // Without a star it says that nothing is sorted, as `nosort` does.
      else if (option === 'BY') wire[++i] = value.includes(42) ? names.elementPattern(value) : value
    }
    return wire
  },
}
