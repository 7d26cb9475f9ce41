/** Dates, times and numbers as the reader's language writes them, on the organisation's clock. The language is passed in. */
import { tagOf, type Language } from './language.svelte'
import { isSameDay, pageZone } from './zone'

const formats = new Map<string, Intl.DateTimeFormat>()

function format(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const zoned = { timeZone: pageZone(), ...options }
  const key = language + JSON.stringify(zoned)
  let made = formats.get(key)
  if (made === undefined) {
    made = new Intl.DateTimeFormat(tagOf(language), zoned)
    formats.set(key, made)
  }
  return made
}

/** `14:31:56` */
export function clockTime(at: Date, language: Language): string {
  return format(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(at)
}

/** `14:31` */
export function shortTime(at: Date, language: Language): string {
  return format(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
}

/** `Sun 22 Nov` */
export function shortDay(at: Date, language: Language): string {
  return format(language, { weekday: 'short', day: 'numeric', month: 'short' }).format(at)
}

/** `22 November 2026` */
export function dayOnly(at: Date, language: Language): string {
  return format(language, { day: 'numeric', month: 'long', year: 'numeric' }).format(at)
}

/** `Sunday 22 November 2026` */
export function longDay(at: Date, language: Language): string {
  return format(language, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at)
}

/** `Sunday 22 November, 14:31:14` */
export function dayAndTime(at: Date, language: Language): string {
  return `${format(language, { weekday: 'long', day: 'numeric', month: 'long' }).format(at)}, ${clockTime(at, language)}`
}

/** The time alone for today, day and time for any other day. */
export function when(at: Date, now: Date, language: Language): string {
  if (isSameDay(at, now)) return shortTime(at, language)
  return `${format(language, { day: 'numeric', month: 'short' }).format(at)}, ${shortTime(at, language)}`
}

/** How long something has lasted, as a clock that counts up: `0:42`, `12:05`, `3:07:00`. */
export function lasted(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000))
  const seconds = String(total % 60).padStart(2, '0')
  const minutes = Math.floor(total / 60) % 60
  const hours = Math.floor(total / 3600)
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`
}

/** A number with this many decimals at most. */
export function number(value: number, language: Language, decimals = 0): string {
  return new Intl.NumberFormat(tagOf(language), { maximumFractionDigits: decimals, minimumFractionDigits: decimals }).format(value)
}

/** Two letters that stand for a person: `Agent 2` → `A2`. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const first = words[0]?.[0] ?? '?'
  const last = words.length > 1 ? (words[words.length - 1]?.[0] ?? '') : (words[0]?.[1] ?? '')
  return (first + last).toUpperCase()
}

/** The days of the week from Monday, as one writes them: `Mon`, `Monday`. */
export function weekdays(language: Language): { short: string; long: string }[] {
  const monday = Date.UTC(2024, 0, 1)
  return Array.from({ length: 7 }, (_, day) => {
    const at = new Date(monday + day * 86_400_000)
    return { short: format(language, { weekday: 'short', timeZone: 'UTC' }).format(at), long: format(language, { weekday: 'long', timeZone: 'UTC' }).format(at) }
  })
}
