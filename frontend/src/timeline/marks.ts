/** What the band draws: single alerts where they fit, counts by severity where they would lie upon one another. Pure. */
import type { TimelineAlert, TimelineLane } from '../api/timeline'

/** How many low, medium, high and critical ones. */
export type Counts = [number, number, number, number]

export interface Mark {
  /** Of the first alert in it, so that it is the same mark after the next one has come. */
  key: string
  from: number
  to: number
  counts: Counts
  total: number
  /** Of these nobody has closed. */
  unclosed: number
  worst: number
  /** The alerts themselves, earliest first; none where only their number is known. */
  alerts: readonly TimelineAlert[]
}

export function isUnclosed(alert: Pick<TimelineAlert, 'state'>): boolean {
  return alert.state === 'open' || alert.state === 'acknowledged'
}

export function none(): Counts {
  return [0, 0, 0, 0]
}

export function sum(counts: Counts): number {
  return counts[0] + counts[1] + counts[2] + counts[3]
}

/** The highest severity that occurs, 1 to 4; 0 for nothing. */
export function worstOf(counts: Counts): number {
  for (let level = 4; level >= 1; level -= 1) if ((counts[level - 1] ?? 0) > 0) return level
  return 0
}

function add(counts: Counts, severity: number, count = 1): void {
  if (severity >= 1 && severity <= 4) counts[severity - 1] = (counts[severity - 1] ?? 0) + count
}

/**
 * Alerts that are closer than `apart` become one mark. Marks depend on the times alone, not on where the view stands: moving it
 * never regroups them.
 */
export function grouped(alerts: readonly TimelineAlert[], apart: number): Mark[] {
  const marks: Mark[] = []
  let current: TimelineAlert[] = []
  let began = -Infinity
  const finish = (): void => {
    if (current.length > 0) marks.push(markOf(current))
  }
  for (const alert of alerts) {
    const at = Date.parse(alert.at)
    if (at - began >= apart) {
      finish()
      current = []
      began = at
    }
    current.push(alert)
  }
  finish()
  return marks
}

function markOf(alerts: TimelineAlert[]): Mark {
  const counts = none()
  let unclosed = 0
  for (const alert of alerts) {
    add(counts, alert.severity)
    if (isUnclosed(alert)) unclosed += 1
  }
  const first = alerts[0]
  const last = alerts[alerts.length - 1]
  return { key: first?.id ?? '', from: Date.parse(first?.at ?? ''), to: Date.parse(last?.at ?? ''), counts, total: alerts.length, unclosed, worst: worstOf(counts), alerts }
}

/** The server's counts, put together until they are `apart` from one another. */
export function joined(bins: TimelineLane['bins'], since: number, length: number, apart: number): Mark[] {
  const many = Math.max(1, Math.ceil(apart / length))
  const marks: Mark[] = []
  for (const [index = 0, low = 0, medium = 0, high = 0, critical = 0, unclosed = 0] of bins) {
    const slot = Math.floor(index / many)
    const from = since + slot * many * length
    let mark = marks[marks.length - 1]
    if (mark === undefined || mark.from !== from) {
      mark = { key: `b${from}`, from, to: from + many * length, counts: none(), total: 0, unclosed: 0, worst: 0, alerts: [] }
      marks.push(mark)
    }
    for (const [level, count] of [low, medium, high, critical].entries()) add(mark.counts, level + 1, count)
    mark.unclosed += unclosed
    mark.total = sum(mark.counts)
    mark.worst = worstOf(mark.counts)
  }
  return marks
}

/** All lanes' alerts in columns of one length, for the band's sum: `from` of each column to its counts. */
export function columns(lanes: readonly TimelineLane[], since: number, binLength: number | null, length: number, origin: number): Map<number, Counts> {
  const found = new Map<number, Counts>()
  const at = (time: number): Counts => {
    const from = origin + Math.floor((time - origin) / length) * length
    let counts = found.get(from)
    if (counts === undefined) found.set(from, (counts = none()))
    return counts
  }
  for (const lane of lanes) {
    if (binLength === null) for (const alert of lane.alerts) add(at(Date.parse(alert.at)), alert.severity)
    else
      for (const [index = 0, ...counts] of lane.bins) {
        const counted = at(since + (index + 0.5) * binLength)
        for (let level = 1; level <= 4; level += 1) add(counted, level, counts[level - 1] ?? 0)
      }
  }
  return found
}

/** A length for columns of at least `pixels`, one that divides an hour. */
export function columnLength(perPixel: number, pixels = 9): number {
  const minutes = (perPixel * pixels) / 60_000
  return ([0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60].find((one) => one >= minutes) ?? 120) * 60_000
}

/** The mark under a place, the nearest where several are. */
export function markNear(marks: readonly Mark[], at: number, reach: number): Mark | null {
  let best: Mark | null = null
  let distance = reach
  for (const mark of marks) {
    const away = at < mark.from ? mark.from - at : at > mark.to ? at - mark.to : 0
    if (away < distance || (best === null && away <= reach)) {
      best = mark
      distance = away
    }
  }
  return best
}

/** The next mark of a lane after a moment, or the one before it. */
export function markBeside(marks: readonly Mark[], at: number, direction: 1 | -1): Mark | null {
  if (direction === 1) return marks.find((mark) => mark.from > at) ?? null
  for (let index = marks.length - 1; index >= 0; index -= 1) {
    const mark = marks[index]
    if (mark !== undefined && mark.from < at) return mark
  }
  return null
}
