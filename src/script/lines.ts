/** Text that comes in pieces, as the JSON lines it holds. */
export const jsonLines = <T>(take: (message: T) => void): ((text: string) => void) => {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    for (const line of lines) take(JSON.parse(line) as T)
  }
}
