/** What the address asks of the timeline. Pure. */
import type { TimelineFilter } from '../api/timeline'
import type { Span } from './scale'

type Read = (name: string) => string | null

export function filterFrom(read: Read): TimelineFilter {
  const list = (name: string, allowed: RegExp): string[] | undefined => {
    const found = (read(name) ?? '').split(',').filter((one) => allowed.test(one))
    return found.length === 0 ? undefined : found
  }
  return {
    site: read('site') ?? undefined,
    camera: read('camera') ?? undefined,
    rule: read('rule') ?? undefined,
    severity: list('severity', /^[1-4]$/),
    state: list('state', /^(open|acknowledged|resolved|false_alarm)$/),
  }
}

/** The view the address names, seconds since the epoch; `null` for all of the day. */
export function viewFrom(read: Read, extent: Span): Span | null {
  const [from, to] = [secondsFrom(read('from')), secondsFrom(read('to'))]
  if (from === null || to === null || to <= from || to <= extent.from || from >= extent.to) return null
  return { from, to }
}

export function secondsFrom(text: string | null): number | null {
  return text !== null && /^\d{9,11}$/.test(text) ? Number(text) * 1000 : null
}

export function secondsOf(at: number): string {
  return String(Math.round(at / 1000))
}

/** The list with a value put in or taken out, as the address has it. */
export function toggled(list: readonly string[] | undefined, value: string): string | null {
  const now = list ?? []
  const next = now.includes(value) ? now.filter((one) => one !== value) : [...now, value]
  return next.length === 0 ? null : next.sort().join(',')
}
