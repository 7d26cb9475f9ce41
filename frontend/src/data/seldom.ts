/** A question that is asked at most once in a while: who asks sooner waits, and gets the answer of then. */
export function seldom<T>(ask: (signal: AbortSignal) => Promise<T>, pause: number): (signal: AbortSignal) => Promise<T> {
  let last = -Infinity
  return async (signal) => {
    const wait = last + pause - performance.now()
    if (wait > 0) await new Promise((done) => setTimeout(done, wait))
    last = performance.now()
    return ask(signal)
  }
}
