/** The page's clock: one timer for everything that counts seconds. */

class Now {
  value = $state.raw(new Date())
}
const current = new Now()

/** The time, to the second; a component that reads it is drawn again each second. */
export function now(): Date {
  return current.value
}

export function startClock(): void {
  const tick = (): void => {
    current.value = new Date()
    setTimeout(tick, 1000 - (Date.now() % 1000))
  }
  tick()
}
