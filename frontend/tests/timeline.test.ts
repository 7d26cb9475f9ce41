import { describe, expect, it } from 'vitest'
import type { Timeline, TimelineAlert, TimelineLane } from '../src/api/timeline'
import type { Alert } from '../src/api/types'
import { filterFrom, toggled, viewFrom } from '../src/timeline/asked'
import { compactOf, fits, putAlert, withRecording } from '../src/timeline/live'
import { columnLength, columns, grouped, joined, markBeside, markNear, sum } from '../src/timeline/marks'
import { fitted, length, moved, positionOf, showing, SHORTEST, timeAt, zoomed, type Span } from '../src/timeline/scale'
import { eventsOf, hoursOf } from '../src/timeline/table'
import { clock, dayAfter, dayBounds, dayOf, isDay, startOf } from '../src/lib/zone'
import { stepFor, ticks } from '../src/timeline/zone'

const HOUR = 3_600_000
const NOON = Date.parse('2026-11-20T11:00:00Z')
const DAY: Span = { from: NOON - 12 * HOUR, to: NOON + 12 * HOUR }

let made = 0
function alert(minutes: number, severity = 2, fields: Partial<TimelineAlert> = {}): TimelineAlert {
  made += 1
  const at = new Date(NOON + minutes * 60_000).toISOString()
  return {
    id: `a${made}`, version: 1, at, until: at, seen: at, severity, state: 'open', rule: 'r', name: 'Rule', area: '', why: 'Seen: person',
    taken_at: null, taken_by: null, closed_at: null, closed_by: null, snapshot: null, clip: null, ...fields,
  }
}
function lane(alerts: TimelineAlert[] = [], bins: number[][] = []): TimelineLane {
  return { camera: { id: 'c', name: 'Yard' }, site: { id: 's', name: 'Depot' }, total: alerts.length, alerts, bins, outages: [] }
}

describe('the scale', () => {
  it('finds a place for a moment and the moment of a place', () => {
    expect(positionOf(NOON, DAY, 1000)).toBe(500)
    expect(timeAt(500, DAY, 1000)).toBe(NOON)
  })

  it('keeps the moment under the pointer where it is when it zooms', () => {
    const at = NOON + 3 * HOUR
    const before = positionOf(at, DAY, 1000)
    let view = DAY
    for (const factor of [2, 3, 0.7]) {
      view = zoomed(view, DAY, factor, at)
      expect(positionOf(at, view, 1000)).toBeCloseTo(before, 6)
    }
  })

  it('never leaves the day, nor looks closer than a minute or further than the day', () => {
    expect(zoomed(DAY, DAY, 0.1, NOON)).toEqual(DAY)
    expect(length(zoomed(DAY, DAY, 1e9, NOON))).toBe(SHORTEST)
    expect(moved({ from: DAY.from, to: DAY.from + HOUR }, DAY, -HOUR)).toEqual({ from: DAY.from, to: DAY.from + HOUR })
    expect(fitted({ from: DAY.to - HOUR, to: DAY.to + HOUR }, DAY)).toEqual({ from: DAY.to - 2 * HOUR, to: DAY.to })
    const short = { from: NOON, to: NOON + 10_000 }
    expect(zoomed(short, short, 4, NOON)).toEqual(short)
  })

  it('moves just so far that a moment is seen', () => {
    const view = { from: NOON, to: NOON + HOUR }
    expect(showing(NOON + HOUR / 2, view, DAY)).toBe(view)
    const later = showing(NOON + 3 * HOUR, view, DAY)
    expect(later.to).toBeGreaterThan(NOON + 3 * HOUR)
    expect(length(later)).toBe(HOUR)
  })
})

describe('the wall clock of the site', () => {
  it.each([
    ['2026-03-29', 23],
    ['2026-10-25', 25],
    ['2026-11-20', 24],
  ])('%s has %i hours in Paris', (day, hours) => {
    const { from, to } = dayBounds(day, 'Europe/Paris')
    expect((to - from) / HOUR).toBe(hours)
    expect([dayOf(from, 'Europe/Paris'), dayOf(from - 1, 'Europe/Paris')]).toEqual([day, dayAfter(day, -1)])
    expect(clock(from, 'Europe/Paris')).toBe('00:00')
  })

  it('is the site’s wherever the reader is', () => {
    expect(startOf('2026-11-20', 'Pacific/Auckland')).toBe(Date.parse('2026-11-19T11:00:00Z'))
    expect(startOf('2026-11-20', 'Asia/Kathmandu')).toBe(Date.parse('2026-11-19T18:15:00Z'))
    expect(clock(NOON, 'Asia/Kathmandu', true)).toBe('16:45:00')
  })

  it('has two ticks for the hour that comes twice and none for the one left out', () => {
    const texts = (day: string): string[] => ticks(dayBounds(day, 'Europe/Paris'), 2400, 'Europe/Paris').map((tick) => tick.text)
    expect(texts('2026-10-25').filter((text) => text === '02:00')).toHaveLength(2)
    expect(texts('2026-03-29')).not.toContain('02:00')
  })

  it('puts ticks on round local times that are not too near', () => {
    expect(ticks({ from: DAY.from, to: DAY.to }, 900, 'Asia/Kathmandu').map((tick) => tick.text)).toContain('06:00')
    for (const width of [250, 700, 1600]) {
      const step = stepFor(DAY, width) * 1000
      expect((step / length(DAY)) * width).toBeGreaterThanOrEqual(72)
    }
    expect(ticks({ from: NOON, to: NOON + SHORTEST }, 900, 'Europe/Paris')[1]?.text).toBe('12:00:05')
  })

  it('knows a day from other words', () => {
    expect([isDay('2026-11-20'), isDay('2026-13-20'), isDay('today'), isDay(null)]).toEqual([true, false, false, false])
  })
})

describe('marks', () => {
  it('are single while they have room and counted when they lie upon one another', () => {
    const alerts = [alert(0, 2), alert(1, 4, { state: 'resolved' }), alert(30, 1, { state: 'resolved' })]
    expect(grouped(alerts, 30_000).map((mark) => mark.total)).toEqual([1, 1, 1])
    const [many, single] = grouped(alerts, 10 * 60_000)
    expect(many).toMatchObject({ total: 2, counts: [0, 1, 0, 1], worst: 4, unclosed: 1 })
    expect(single).toMatchObject({ total: 1, unclosed: 0, worst: 1 })
  })

  it('lose none, are apart, and do not depend on what is seen', () => {
    const alerts = Array.from({ length: 1500 }, (_, index) => alert(index * 0.9, (index % 4) + 1))
    const apart = 20 * 60_000
    const marks = grouped(alerts, apart)
    expect(marks.reduce((all, mark) => all + mark.total, 0)).toBe(1500)
    for (const [index, mark] of marks.entries()) {
      const next = marks[index + 1]
      if (next) expect(next.from - mark.from).toBeGreaterThanOrEqual(apart)
      expect(sum(mark.counts)).toBe(mark.total)
    }
    expect(grouped(alerts, apart).map((mark) => mark.key)).toEqual(marks.map((mark) => mark.key))
  })

  it('join the server’s pieces of time without losing any', () => {
    const bins = Array.from({ length: 288 }, (_, index) => [index, 1, 0, 2, 0, index % 2])
    const marks = joined(bins, DAY.from, 300_000, 31 * 60_000)
    expect(marks).toHaveLength(Math.ceil(288 / 7))
    expect(marks.reduce((all, mark) => all + mark.total, 0)).toBe(288 * 3)
    expect(marks.reduce((all, mark) => all + mark.unclosed, 0)).toBe(144)
    expect(marks[1]?.from).toBe(DAY.from + 7 * 300_000)
    expect(marks[0]?.worst).toBe(3)
  })

  it('are found under the pointer and from one to the next', () => {
    const marks = grouped([alert(0), alert(60), alert(120)], 60_000)
    expect(markNear(marks, NOON + 61 * 60_000, 120_000)?.from).toBe(NOON + HOUR)
    expect(markNear(marks, NOON + 30 * 60_000, 120_000)).toBeNull()
    expect(markBeside(marks, NOON, 1)?.from).toBe(NOON + HOUR)
    expect(markBeside(marks, NOON, -1)).toBeNull()
  })

  it('sum up to columns of the same numbers, counted or one by one', () => {
    const alerts = [alert(0, 1), alert(4, 4), alert(70, 2)]
    const each = 5 * 60_000
    const single = columns([lane(alerts)], DAY.from, null, each, DAY.from)
    const counted = columns([lane([], [[144, 1, 0, 0, 1, 0], [158, 0, 1, 0, 0, 0]])], DAY.from, each, each, DAY.from)
    expect([...counted]).toEqual([...single])
    expect(columnLength(HOUR * 24 / 1000)).toBe(15 * 60_000)
  })
})

describe('the list', () => {
  it('has everything of the view, newest first', () => {
    const outage = { since: new Date(NOON - HOUR).toISOString(), until: null, state: 'down' as const, reason: 'refused', sentence: '' }
    const rows = eventsOf([{ ...lane([alert(-5), alert(5), alert(90)]), outages: [outage] }], { from: NOON, to: NOON + HOUR })
    expect(rows.map((row) => (row.alert ? 'alert' : 'outage'))).toEqual(['alert', 'outage'])
  })

  it('counts by the hour of the wall clock', () => {
    const bins = [[0, 1, 0, 0, 0, 0], [11, 0, 0, 0, 2, 0], [12, 0, 1, 0, 0, 0]]
    const since = Date.parse('2026-11-19T18:15:00Z')
    const hours = hoursOf([lane([], bins)], { from: since, to: since + 24 * HOUR }, since, 300_000, 'Asia/Kathmandu')
    expect(hours.map((hour) => [clock(hour.from, 'Asia/Kathmandu'), hour.total])).toEqual([['01:00', 1], ['00:00', 3]])
  })
})

describe('the address', () => {
  const read = (values: Record<string, string>) => (name: string) => values[name] ?? null

  it('names filters, and what is no filter counts for nothing', () => {
    expect(filterFrom(read({ severity: '4,9,3', state: 'open,none', site: 's' }))).toEqual({ site: 's', camera: undefined, rule: undefined, severity: ['4', '3'], state: ['open'] })
    expect([toggled(undefined, '3'), toggled(['4'], '3'), toggled(['3'], '3')]).toEqual(['3', '3,4', null])
  })

  it('names a view inside the day', () => {
    const seconds = (at: number): string => String(at / 1000)
    expect(viewFrom(read({ from: seconds(NOON), to: seconds(NOON + HOUR) }), DAY)).toEqual({ from: NOON, to: NOON + HOUR })
    expect(viewFrom(read({ from: seconds(NOON), to: seconds(NOON - HOUR) }), DAY)).toBeNull()
    expect(viewFrom(read({ from: 'x', to: '1' }), DAY)).toBeNull()
    expect(viewFrom(read({ from: seconds(DAY.to + HOUR), to: seconds(DAY.to + 2 * HOUR) }), DAY)).toBeNull()
  })
})

describe('what the feed brings', () => {
  const base: Timeline = {
    since: new Date(DAY.from).toISOString(), until: new Date(DAY.to).toISOString(), day: '2026-11-20', now: '', timezone: 'Europe/Paris',
    binned: false, bin_s: 300, total: 0, severities: [0, 0, 0, 0], unclosed: 0, results: [lane()],
  }
  const raised = {
    id: 'new', version: 3, severity: 4, state: 'open', captured_at: new Date(NOON).toISOString(), ended_at: null, last_seen_at: new Date(NOON).toISOString(),
    rule: { id: 'r', name: 'Rule', version: 1 }, area: 'Gate', site: { id: 's', name: 'Depot' }, camera: { id: 'c', name: 'Yard' },
    why: { code: 'seen', params: {}, text: { en: 'Seen: person', fr: 'Vu : personne' } }, acknowledged_by: null, acknowledged_at: null, closed_by: null, closed_at: null,
    recordings: [{ id: 'p', kind: 'snapshot', ready: true, failed: null, expires_at: '', destroyed_at: null }],
  } as unknown as Alert

  it('is put in its place once, the newest version, and leaves when it no longer fits', () => {
    const one = putAlert(base, 'c', compactOf(raised), true)
    expect(one).toMatchObject({ total: 1, severities: [0, 0, 0, 1], unclosed: 1 })
    const older = putAlert(one, 'c', { ...compactOf(raised), version: 2, severity: 1 }, true)
    expect(older.severities).toEqual([0, 0, 0, 1])
    const closed = putAlert(one, 'c', { ...compactOf(raised), version: 4, state: 'resolved' }, true)
    expect([closed.total, closed.unclosed]).toEqual([1, 0])
    expect(putAlert(one, 'c', { ...compactOf(raised), version: 4 }, false).total).toBe(0)
    expect(putAlert(base, 'elsewhere', compactOf(raised), true).total).toBe(0)
  })

  it('has its picture when it can be had', () => {
    const bare = putAlert(base, 'c', { ...compactOf(raised), snapshot: null }, true)
    const ready = withRecording(bare, { alert: 'new', recording: { id: 'clip-1', kind: 'clip' } })
    expect(ready.results[0]?.alerts[0]).toMatchObject({ snapshot: null, clip: 'clip-1' })
    expect(compactOf(raised).snapshot).toBe('p')
  })

  it('is held against the filters', () => {
    expect(fits(raised, {})).toBe(true)
    expect(fits(raised, { severity: ['3', '4'], state: ['open'], camera: 'c' })).toBe(true)
    expect(fits(raised, { severity: ['1'] })).toBe(false)
    expect(fits(raised, { site: 'x' })).toBe(false)
  })
})
