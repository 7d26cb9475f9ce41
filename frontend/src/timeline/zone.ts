/** The hours along the band, in the organisation's zone. Pure. */
import { offsetAt, clock } from '../lib/zone'
import { length, type Span } from './scale'

const MINUTE = 60_000
const QUARTER = 15 * 60_000
const HOUR = 3_600_000

export interface Tick {
  at: number
  /** Of the hour: drawn stronger. */
  major: boolean
  text: string
}

const STEPS_S = [5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]

/** The step between two ticks that are at least `apart` pixels from one another, seconds. */
export function stepFor(view: Span, width: number, apart = 72): number {
  const least = (length(view) / 1000 / Math.max(1, width)) * apart
  return STEPS_S.find((step) => step >= least) ?? 86_400
}

/** Round times of the wall clock in the view. An hour that comes twice has two ticks, one that is left out has none. */
export function ticks(view: Span, width: number, zone: string): Tick[] {
  const step = stepFor(view, width) * 1000
  const unit = Math.min(step, QUARTER)
  const found: Tick[] = []
  for (let at = Math.ceil(view.from / unit) * unit; at <= view.to; at += unit) {
    const local = at + offsetAt(at, zone)
    if (local % step !== 0) continue
    found.push({ at, major: local % HOUR === 0, text: clock(at, zone, step < MINUTE) })
  }
  return found
}
