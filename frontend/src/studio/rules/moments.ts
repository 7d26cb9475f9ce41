/** Moments on a strip of time, and how long ago in words. Pure but for the words. */
import { clockTime, shortTime, when } from '../../lib/format'
import { counted, language, t } from '../../lib/language.svelte'
import { dayKey } from '../../lib/days'
import { dayAfter } from '../../lib/zone'

export const TRIAL_MS = 15 * 60_000

export interface Mark {
  /** From 0, the strip's beginning, to 1. */
  at: number
  time: string
}

/** The moments that lie on a strip of `span` milliseconds up to `until`. */
export function marksOf(moments: readonly string[], until: Date, span: number): Mark[] {
  const end = until.getTime()
  return moments
    .map((moment) => new Date(moment))
    .filter((moment) => moment.getTime() >= end - span && moment.getTime() <= end)
    .map((moment) => ({ at: 1 - (end - moment.getTime()) / span, time: clockTime(moment, language()) }))
}

/** How much of the strip's beginning nobody remembers, 0 to 1. */
export function unknownPart(since: Date | null, until: Date, span: number): number {
  if (since === null) return 1
  return Math.min(1, Math.max(0, 1 - (until.getTime() - since.getTime()) / span))
}

/** `in the last 12 minutes`, `in the last 40 seconds`. */
export function overWhat(since: Date, until: Date): string {
  const seconds = Math.max(1, Math.round((until.getTime() - since.getTime()) / 1000))
  return seconds < 90 ? counted('trial.last_seconds', seconds) : counted('trial.last_minutes', Math.min(15, Math.round(seconds / 60)))
}

/** `since yesterday, 14:31`, `since 14:31`, `since 20 Nov, 14:31`. */
export function sinceWhen(since: Date, now: Date): string {
  // Some days have 25 hours, others 23: yesterday is a day of the calendar, not an instant a day ago.
  if (dayKey(since) === dayAfter(dayKey(now), -1)) return t('trial.since_yesterday', { time: shortTime(since, language()) })
  return t('trial.since', { time: when(since, now, language()) })
}

/** Whole days from `now` until `end`, at least 0. */
export function daysUntil(end: Date, now: Date): number {
  return Math.max(0, Math.ceil((end.getTime() - now.getTime()) / 86_400_000))
}
