/** Waits for the signal to end. */
const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** A second one while we end changes nothing: ending takes a second at most. */
export const untilSignal = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    for (const signal of signals) process.on(signal, resolve)
  })

/** `again` is aborted by a second one, where ending may take longer. */
export const untilSignals = (): { readonly first: Promise<NodeJS.Signals>; readonly again: AbortSignal } => {
  const controller = new AbortController()
  const first = Promise.withResolvers<NodeJS.Signals>()
  let came = false
  for (const signal of signals) {
    process.on(signal, () => {
      if (came) controller.abort()
      came = true
      first.resolve(signal)
    })
  }
  return { first: first.promise, again: controller.signal }
}
