/** Days as the address writes them, `2026-11-25`, on the organisation's clock. */
import { dayAfter, instantOf, isDay, minuteText } from './zone'

/** The day of an instant. */
export function dayKey(at: Date): string {
  return minuteText(at).slice(0, 10)
}

/** The instant at which a day begins, or the day so many after it; `undefined` for what is no day. */
export function midnight(day: string | null, after: number): string | undefined {
  return isDay(day) ? instantOf(`${dayAfter(day, after)}T00:00`)?.toISOString() : undefined
}
