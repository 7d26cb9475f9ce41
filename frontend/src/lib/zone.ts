/** The organisation's wall clock: times are read where the cameras hang, wherever the reader sits. */
import { tagOf, type Language } from './language.svelte'

let page: string | undefined

/** The zone that this page's times are read in: the organisation's, once somebody is signed in. */
export function pageZone(): string | undefined {
  return page
}

export function readIn(zone: string | undefined): void {
  page = zone
}

const MINUTE = 60_000
const QUARTER = 15 * MINUTE
const HOUR = 60 * MINUTE

const parts = new Map<string, Intl.DateTimeFormat>()
const offsets = new Map<string, Map<number, number>>()

/** How far a zone's wall clock is ahead of UTC then, milliseconds. Clocks change on quarters of an hour only. */
export function offsetAt(at: number, zone: string): number {
  let known = offsets.get(zone)
  if (known === undefined) offsets.set(zone, (known = new Map()))
  const quarter = Math.floor(at / QUARTER)
  let offset = known.get(quarter)
  if (offset === undefined) {
    offset = wallClock(quarter * QUARTER, zone) - quarter * QUARTER
    known.set(quarter, offset)
  }
  return offset
}

function wallClock(at: number, zone: string): number {
  let format = parts.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' })
    parts.set(zone, format)
  }
  const of: Record<string, number> = {}
  for (const part of format.formatToParts(at)) of[part.type] = Number(part.value)
  return Date.UTC(of['year'] ?? 0, (of['month'] ?? 1) - 1, of['day'] ?? 1, of['hour'] ?? 0, of['minute'] ?? 0, of['second'] ?? 0)
}

/** `2026-11-25`, the day there. */
export function dayOf(at: number, zone: string): string {
  return new Date(at + offsetAt(at, zone)).toISOString().slice(0, 10)
}

/** The day before or after, by the calendar. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * 24 * HOUR).toISOString().slice(0, 10)
}

export function isDay(text: string | null): text is string {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))
}

/** When that day begins there: 23 to 25 hours before the next one does. */
export function startOf(day: string, zone: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // The offset of midnight itself is found from a guess; where the clock changes in between, from a second one.
  const guess = midnight - offsetAt(midnight, zone)
  return midnight - offsetAt(guess, zone)
}

export function dayBounds(day: string, zone: string): { from: number; to: number } {
  return { from: startOf(day, zone), to: startOf(dayAfter(day, 1), zone) }
}

/** `14:31`, or `14:31:20` where the band shows seconds. */
export function clock(at: number, zone: string, seconds = false): string {
  return new Date(at + offsetAt(at, zone)).toISOString().slice(11, seconds ? 19 : 16)
}

/** `Wednesday 25 November 2026` */
export function dayName(day: string, language: Language): string {
  return new Intl.DateTimeFormat(tagOf(language), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.parse(`${day}T12:00:00Z`))
}

/** Whether two instants are of one day there; without a zone, on the reader's clock. */
export function isSameDay(one: Date, other: Date): boolean {
  return page === undefined ? one.toDateString() === other.toDateString() : dayOf(one.getTime(), page) === dayOf(other.getTime(), page)
}

/** An instant as the browser's control for day and time writes it, to the minute: `2026-11-25T14:31`. */
export function minuteText(at: Date): string {
  const zone = page ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  return new Date(at.getTime() + offsetAt(at.getTime(), zone)).toISOString().slice(0, 16)
}

/** The instant that such a text means there; `null` for what is none. */
export function instantOf(text: string): Date | null {
  const zone = page ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const wall = Date.parse(`${text}Z`)
  if (Number.isNaN(wall)) return null
  return new Date(wall - offsetAt(wall - offsetAt(wall, zone), zone))
}
