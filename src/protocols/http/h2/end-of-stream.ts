/**
 * Whether a stream ended with END_STREAM. node:http2 also ends the readable side of one that was reset with NO_ERROR or
 * CANCEL, so a reply that was cut off would look whole. What tells them apart: END_STREAM ends it first and then
 * closes the stream, a reset closes the stream first.
 */
import type { Http2Stream } from 'node:http2'

/** To be called before anything has come. The answer is final once `end` has been emitted. */
export const watchEnd = (stream: Http2Stream): (() => boolean) => {
  const push = stream.push
  let whole = false
  stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk === null && !stream.closed) whole = true
    return push.call(stream, chunk, encoding)
  }
  return () => whole
}
