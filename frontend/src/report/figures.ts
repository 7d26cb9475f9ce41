/** What a report reckons: shares, and how one time stands beside the one before. */
import type { Before, ResponseOf } from '../api/report'

/** Whole percent, rounded down as on paper; `null` of nobody. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.floor((100 * part) / whole)
}

export type Change = 'better' | 'worse' | 'same' | 'unknown'

/** Whether a share or a time got better; a smaller one may be the better one. */
export function change(now: number | null, before: number | null, better: 'more' | 'less' = 'more'): Change {
  if (now === null || before === null) return 'unknown'
  if (now === before) return 'same'
  return now > before === (better === 'more') ? 'better' : 'worse'
}

export type CompareKey = 'reached' | 'answered' | 'within' | 'median'
/** A line of the comparison: shares in percent, the median in seconds. */
export interface Compared {
  key: CompareKey
  then: number | null
  now: number | null
  change: Change
}

export function compared(now: ResponseOf, before: Before): Compared[] {
  const shares = (['reached', 'answered'] as const).map((key) => line(key, share(before[key], before.people), share(now[key], now.people)))
  return [...shares, line('within', share(before.within_5_min, before.people), share(now.within_5_min, now.people)), line('median', before.median_s, now.median_s, 'less')]
}

const line = (key: CompareKey, then: number | null, now: number | null, better: 'more' | 'less' = 'more'): Compared => ({ key, then, now, change: change(now, then, better) })
