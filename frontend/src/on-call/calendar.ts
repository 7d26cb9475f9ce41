/** A schedule's two weeks, laid out: on which day what lies, from where to where. Pure; instants in milliseconds. */
import type { Calendar, Gap, Rotation, Shift } from '../api/onCall'
import { dayAfter, dayOf, offsetAt, startOf } from '../lib/zone'

export const DAYS = 14

export interface Period {
  from: number
  to: number
}

export interface Day extends Period {
  /** `2026-11-25` */
  day: string
}

/** Days from this one on. Each begins at its own midnight: one on which the clocks change has 23 or 25 hours. */
export function daysFrom(day: string, zone: string, count = DAYS): Day[] {
  return Array.from({ length: count }, (_, at) => {
    const name = dayAfter(day, at)
    return { day: name, from: startOf(name, zone), to: startOf(dayAfter(name, 1), zone) }
  })
}

const periodOf = (one: { starts_at: string; ends_at: string | null }, end: number): Period => ({ from: Date.parse(one.starts_at), to: one.ends_at === null ? end : Date.parse(one.ends_at) })

export interface Bar extends Period {
  shift: Shift
  /** Where it lies, of the whole width. */
  left: number
  width: number
}

export interface Lane {
  /** The rotation; `null`: who is on call in addition. */
  rotation: Rotation | null
  bars: Bar[]
}

/** A lane for each rotation, by level, and below them lanes of who is on call in addition, none over another. */
export function lanesOf(calendar: Calendar, rotations: readonly Rotation[]): Lane[] {
  const whole: Period = { from: Date.parse(calendar.since), to: Date.parse(calendar.until) }
  const bars = calendar.shifts.map((shift) => ({ shift, ...placed(periodOf(shift, whole.to), whole) }))
  const lanes: Lane[] = rotations.map((rotation) => ({ rotation, bars: bars.filter((bar) => bar.shift.rotation === rotation.id) }))
  // Rotations that were taken away since stand among the others: what has been stays.
  const known = new Set(rotations.map((one) => one.id))
  const extra: Lane[] = []
  for (const bar of bars.filter((one) => one.shift.rotation === null || !known.has(one.shift.rotation))) {
    const free = extra.find((lane) => lane.bars.every((other) => other.to <= bar.from || other.from >= bar.to))
    if (free === undefined) extra.push({ rotation: null, bars: [bar] })
    else free.bars.push(bar)
  }
  return [...lanes, ...extra]
}

export function placed(of: Period, whole: Period): Period & { left: number; width: number } {
  const from = Math.max(of.from, whole.from)
  const to = Math.min(of.to, whole.to)
  const length = whole.to - whole.from
  return { from, to, left: (from - whole.from) / length, width: (to - from) / length }
}

/** The gaps that are not over, from now on: nobody can be put on call in the past. */
export function holesOf(gaps: readonly Gap[], now: number): Period[] {
  return gaps.map((gap) => periodOf(gap, 0)).filter((gap) => gap.to > now).map((gap) => ({ from: Math.max(gap.from, now), to: gap.to }))
}

export type Line = (Period & { shift: Shift }) | (Period & { shift: null })

/** What a day holds, by time: shifts, and when nobody is on call; cut at the day's midnights. */
export function linesOf(day: Day, calendar: Calendar, now: number): Line[] {
  const end = Date.parse(calendar.until)
  const inside = (of: Period): boolean => of.from < day.to && of.to > day.from
  const cut = <T extends Period>(of: T): T => ({ ...of, from: Math.max(of.from, day.from), to: Math.min(of.to, day.to) })
  const lines: Line[] = [
    ...calendar.shifts.map((shift) => ({ shift, ...periodOf(shift, end) })),
    ...holesOf(calendar.gaps, now).map((hole) => ({ shift: null, ...hole })),
  ]
  return lines.filter(inside).map(cut).sort((one, other) => one.from - other.from || (one.shift?.level ?? 0) - (other.shift?.level ?? 0))
}

/** The instant at which the clock of a zone shows this time on that day. */
export function at(day: string, time: string, zone: string): number {
  const wall = Date.parse(`${day}T${time}:00Z`)
  return wall - offsetAt(wall - offsetAt(wall, zone), zone)
}

export const EVENING = '18:00'
export const MORNING = '08:00'

/** The night that is now, or the next one: from the evening, or from now when it has begun, to the morning. */
export function tonight(now: number, zone: string): Period {
  const today = dayOf(now, zone)
  const morning = at(today, MORNING, zone)
  if (now < morning) return { from: now, to: morning }
  return { from: Math.max(now, at(today, EVENING, zone)), to: at(dayAfter(today, 1), MORNING, zone) }
}

/** What remains of a shift; of one whose end is not known, the day. */
export function restOf(shift: Shift, now: number): Period {
  const from = Math.max(Date.parse(shift.starts_at), now)
  return { from, to: shift.ends_at === null ? from + 86_400_000 : Date.parse(shift.ends_at) }
}

/** In whose place somebody steps who takes a shift over. */
export function placeOf(shift: Shift): string {
  return shift.rotation === null ? `person:${shift.person.id}` : `rotation:${shift.rotation}`
}

/** The place as the API takes it; an empty text is nobody's: in addition. */
export function inPlaceOf(place: string): { rotation: string | null; replaces: string | null } {
  const [kind, id = ''] = place.split(':')
  return { rotation: kind === 'rotation' ? id : null, replaces: kind === 'person' ? id : null }
}
