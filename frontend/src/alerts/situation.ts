/** Which part of a clip lies within the situation that the alert is about. */
import type { ClipTimes } from '../api/alerts'
import type { Alert } from '../api/types'

export interface Part {
  /** Percent of the clip's length. */
  from: number
  until: number
}

/** What is shorter is a moment, not a part: the mark of the frame that fired is enough, ms. */
const SHORTEST = 1_000

/** From when it began (a rule that waits fired that much later) to when it was last seen; `null` without a clock, or for a moment. */
export function situationOf(alert: Pick<Alert, 'captured_at' | 'last_seen_at' | 'ended_at' | 'why'>, times: ClipTimes | null, lengthMs: number): Part | null {
  if (times === null || times.began_at === null) return null
  const began = Date.parse(times.began_at)
  const waited = typeof alert.why.params['seconds'] === 'number' ? alert.why.params['seconds'] * 1000 : 0
  const from = Date.parse(alert.captured_at) - waited - began
  const until = Date.parse(alert.ended_at ?? alert.last_seen_at) - began
  if (until - from < SHORTEST) return null
  const percent = (ms: number): number => Math.min(100, Math.max(0, (100 * ms) / lengthMs))
  return { from: percent(from), until: percent(Math.max(until, Date.parse(alert.captured_at) - began)) }
}
