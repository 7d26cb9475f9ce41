/** How schedules are said: until when somebody is on call, when nobody is, what a rotation says. */
import type { Override, Rotation, Shift, Standing } from '../api/onCall'
import type { Shape } from '../kit/severity'
import { shortDay, shortTime } from '../lib/format'
import { counted, language, t } from '../lib/language.svelte'
import { isSameDay } from '../lib/zone'
import { hoursWords } from '../studio/rules/sentence'
import type { Period } from './calendar'

/** `08:00` today, `Tue 1 Dec, 08:00` on any other day. */
export function moment(at: Date, now: Date): string {
  return isSameDay(at, now) ? shortTime(at, language()) : `${shortDay(at, language())}, ${shortTime(at, language())}`
}

export const until = (shift: Shift, now: Date): string => (shift.ends_at === null ? t('on_call.long') : t('on_call.until', { time: moment(new Date(shift.ends_at), now) }))

export const between = (of: Period, now: Date): string => t('on_call.between', { from: moment(new Date(of.from), now), until: moment(new Date(of.to), now) })

export const levelWord = (level: number): string => (level === 1 ? t('on_call.first') : t('on_call.level', { level }))

const SOON = 14 * 86_400_000

/** How a schedule stands: whether somebody is on call, and until when that is sure. */
export function howFilled(filledUntil: string | null, now: Date): { shape: Shape; words: string } {
  if (filledUntil === null) return { shape: 'safe', words: t('on_call.filled') }
  const end = new Date(filledUntil)
  if (end.getTime() <= now.getTime()) return { shape: 'critical', words: t('on_call.nobody') }
  const words = t('on_call.nobody_from', { time: moment(end, now) })
  return { shape: end.getTime() - now.getTime() < SOON ? 'high' : 'low', words }
}

/** When what is shown of who is on call now is no longer true; `null`: not for a month. */
export function staleAt(standings: readonly Standing[], now: number): number | null {
  const ends = standings.flatMap((one) => [one.filled_until, ...one.on_call.map((shift) => shift.ends_at)]).flatMap((end) => (end === null ? [] : [Date.parse(end)]))
  const ahead = ends.filter((end) => end > now)
  return ahead.length === 0 ? null : Math.min(...ahead)
}

/** `Every week at 08:00, from 1 Dec`; with the hours at which it counts, where it does not always. */
export function turnWords(rotation: Pick<Rotation, 'kind' | 'length' | 'handover' | 'hours'>): string {
  const turn = rotation.kind === 'hourly' ? counted('on_call.turn_hourly', rotation.length) : counted(`on_call.turn_${rotation.kind}`, rotation.length, { time: rotation.handover })
  return rotation.hours.length === 0 ? turn : t('on_call.only', { turn, hours: hoursWords(rotation.hours) })
}

/** In whose place an override is. */
export function placeWords(override: Pick<Override, 'rotation' | 'replaces' | 'level'>, rotations: readonly Pick<Rotation, 'id' | 'name'>[]): string {
  if (override.replaces !== null) return t('on_call.in_place', { name: override.replaces.name })
  if (override.rotation) return t('on_call.in_place', { name: rotations.find((one) => one.id === override.rotation)?.name ?? t('on_call.old_rotation') })
  return t('on_call.in_addition')
}
