import { beforeAll, describe, expect, it } from 'vitest'
import { capturedAt, frameAt, frameOf, frameTimes, seekTo } from '../src/alerts/player'
import { between, rowsOf, type FeedRow } from '../src/alerts/rows'
import { Selection } from '../src/alerts/selection.svelte'
import { situationOf } from '../src/alerts/situation'
import { figure, growth, pause } from '../src/alerts/sounds'
import { step } from '../src/alerts/feed-keys'
import { linesOf } from '../src/alerts/log'
import { withSighting } from '../src/alerts/detail'
import type { Alert, AlertDetail } from '../src/api/types'
import { filterFrom, fits, fold, merge, withAlerts } from '../src/feed/merge'
import { speak } from '../src/lib/language.svelte'
import { alert } from './an-alert'

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 12, minute)).toISOString()
const one = (id: string, minute: number, over: Partial<Alert> = {}): Alert => alert({ id, captured_at: at(minute), severity: 3, ...over })
const keys = (rows: FeedRow[]): string[] => rows.map((row) => row.key)

beforeAll(() => speak('en'))

describe('merging', () => {
  it('gives the same list in whatever order and pages the alerts come', () => {
    const all = Array.from({ length: 60 }, (_, index) => one(`a${index}`, (index * 7) % 60, { severity: 1 + (index % 4), state: (['open', 'acknowledged', 'resolved'] as const)[index % 3] }))
    const at_once = merge([], all).map((found) => found.id)
    const backwards = [...all].reverse().reduce<Alert[]>((list, found) => merge(list, [found]), []).map((found) => found.id)
    const paged = merge(merge(merge([], all.slice(20, 45)), all.slice(0, 30)), all.slice(30)).map((found) => found.id)
    expect(backwards).toEqual(at_once)
    expect(paged).toEqual(at_once)
    expect(new Set(at_once).size).toBe(60)
  })

  it('moves an alert whose state changed and keeps the newest version', () => {
    const list = merge([], [one('a', 1), one('b', 2)])
    const taken = merge(list, [one('b', 2, { state: 'acknowledged', version: 2 })])
    expect(taken.map((found) => found.id)).toEqual(['a', 'b'])
    expect(merge(taken, [one('b', 2, { version: 1 })])).toEqual(taken)
  })
})

describe('a filter', () => {
  it('is read from the address, and empty values are left out', () => {
    const address: Record<string, string> = { state: 'open,acknowledged', severity: '', search: 'lawn', other: 'x' }
    expect(filterFrom((name) => address[name] ?? null)).toEqual({ state: 'open,acknowledged', search: 'lawn' })
  })

  it('takes several states and severities, mine, times and words', () => {
    const mine = one('a', 5, { assigned_to: { id: 'me', name: 'Me' } })
    expect(fits(mine, { state: 'acknowledged,open', severity: '3,4' })).toBe(true)
    expect(fits(mine, { severity: '1,2' })).toBe(false)
    expect(fits(mine, { mine: 'true' }, 'me')).toBe(true)
    expect(fits(mine, { mine: 'true' }, 'you')).toBe(false)
    expect(fits(mine, { since: at(4), until: at(6) })).toBe(true)
    expect(fits(mine, { since: at(6) })).toBe(false)
    expect(fits(mine, { escalated: 'true' })).toBe(false)
    expect(fits(mine, { search: 'LAW fore' })).toBe(true)
    expect(fits(mine, { search: 'restée' })).toBe(true)
    expect(fits(mine, { search: 'awn' })).toBe(false)
  })

  it('folds words as the server does', () => {
    expect(fold('L’Allée n°2, ÉTÉ')).toEqual(['l', 'allee', 'n', '2', 'ete'])
  })
})

describe('rows', () => {
  const list = merge([], [
    one('new', 30, { state: 'acknowledged' }), one('r1', 28, { state: 'acknowledged' }), one('r2', 21, { state: 'acknowledged' }),
    one('long ago', 19, { state: 'acknowledged' }), one('elsewhere', 29, { state: 'acknowledged', camera: { id: 'd', name: 'Gate' } }),
    one('closed', 30, { state: 'resolved' }), one('open', 1),
  ])

  it('are grouped, and repeated alerts of a rule are folded under the newest', () => {
    expect(keys(rowsOf(list, new Set()))).toEqual(['group open', 'open', 'group taken', 'new', 'fold new', 'elsewhere', 'long ago', 'group closed', 'closed'])
  })

  it('show what is folded when it is opened', () => {
    const rows = rowsOf(list, new Set(['new']))
    expect(keys(rows).slice(3, 7)).toEqual(['new', 'fold new', 'r1', 'r2'])
    expect(rows[5]).toMatchObject({ under: 'new' })
  })

  it('never fold a critical alert away that nobody has taken', () => {
    const critical = merge([], [one('a', 3, { severity: 4 }), one('b', 2, { severity: 4 }), one('c', 1, { severity: 4 })])
    expect(keys(rowsOf(critical, new Set()))).toEqual(['group open', 'a', 'b', 'c'])
  })

  it('are stepped through without the headings', () => {
    const rows = rowsOf(list, new Set())
    expect(step(rows, -1, 1)).toBe(1)
    expect(step(rows, 1, 1)).toBe(3)
    expect(step(rows, 3, -1)).toBe(1)
    expect(step(rows, 1, -1)).toBe(1)
    expect(step(rows, 8, 1)).toBe(8)
  })

  it('are ticked one by one, with what is folded, and in a range', () => {
    const rows = rowsOf(list, new Set())
    const selection = new Selection()
    const row = (key: string): FeedRow => rows.find((found) => found.key === key) ?? expect.fail(key)
    selection.toggle(row('fold new'), rows)
    expect([...selection.ids].sort()).toEqual(['r1', 'r2'])
    selection.toggle(row('fold new'), rows)
    expect(selection.ids.size).toBe(0)
    selection.toggle(row('elsewhere'), rows)
    selection.toggle(row('closed'), rows, true)
    expect([...selection.ids].sort()).toEqual(['closed', 'elsewhere', 'long ago'])
    expect(between(rows, 'nowhere', 'closed')).toEqual([])
  })
})

describe('sounds', () => {
  it('tell the severities apart', () => {
    expect(new Set([1, 2, 3, 4].map((severity) => figure(severity).join())).size).toBe(4)
  })

  it('grow, within bounds, and come less often after a while', () => {
    const loudness = Array.from({ length: 100 }, (_, repetition) => growth(repetition))
    expect(loudness[0]).toBe(1)
    expect(loudness[3]).toBeGreaterThan(loudness[2] ?? 0)
    expect(Math.max(...loudness)).toBeLessThan(2)
    expect(pause(0)).toBeGreaterThanOrEqual(10)
    expect(pause(99)).toBeGreaterThan(pause(0))
  })
})

describe('the frames of a clip', () => {
  const times = { began_at: at(0), frames: [0, 200, 550, 600, 2100] }

  it('are found by the moment they are shown', () => {
    expect([0, 199, 200, 549, 550, 2099, 9999].map((ms) => frameAt(times.frames, ms))).toEqual([0, 0, 1, 1, 2, 3, 4])
    for (const [index] of times.frames.entries()) expect(frameAt(times.frames, seekTo(times.frames, index, 2.3) * 1000)).toBe(index)
  })

  it('tell which one fired', () => {
    const moment = (ms: number): string => new Date(Date.parse(at(0)) + ms).toISOString()
    expect(frameOf(times, moment(555))).toBe(2)
    expect(frameOf(times, moment(580))).toBe(3)
    expect(frameOf(times, moment(60_000))).toBeNull()
    expect(frameOf({ began_at: null, frames: [0] }, moment(0))).toBeNull()
    expect(capturedAt(times, 550)?.toISOString()).toBe(moment(550))
  })

  it('are made up in equal steps where a clip does not tell them', () => {
    expect(frameTimes(null, 1)).toHaveLength(10)
    expect(frameTimes(null, 0)).toEqual([0])
    expect(frameTimes(times, 9)).toEqual(times.frames)
  })

  it('lie within the situation from when what waited began', () => {
    const stays = one('a', 1, { why: { code: 'stays', params: { seconds: 30 }, text: {} }, ended_at: at(2), last_seen_at: at(2) })
    expect(situationOf(stays, { began_at: at(0), frames: [0] }, 120_000)).toEqual({ from: 25, until: 100 })
    expect(situationOf(stays, null, 1)).toBeNull()
  })
})

describe('the log', () => {
  const detail: AlertDetail = {
    ...one('a', 0, { state: 'false_alarm', false_alarm_reason: 'animal', take_by: at(3), committed_at: at(0) }),
    log: [
      { at: at(0), kind: 'raised', member: null, to_member: null, text: '' },
      { at: at(3), kind: 'escalated', member: null, to_member: null, text: '' },
      { at: at(5), kind: 'false_alarm', member: { id: 'm', name: 'Ana' }, to_member: null, text: 'A cat.' },
    ],
    seen_by: [{ member: { id: 'm', name: 'Ana' }, at: at(4) }], clip_times: null, rule_sentence: {},
  }

  it('has what was done and who looked, newest first, with the reason in words', () => {
    const lines = linesOf(detail)
    expect(lines.map((line) => line.kind)).toEqual(['false_alarm', 'seen', 'escalated', 'raised'])
    expect(lines[0]?.said).toBe('An animal. A cat.')
    expect(lines[2]?.text).toContain('within 3\u00a0min')
  })

  it('takes a colleague who looks from the feed, once', () => {
    const event = { number: 1, kind: 'alert.seen' as const, at: at(6), payload: { alert: 'a', member: { id: 'n', name: 'Bert' }, at: at(6) } }
    const seen = withSighting(withSighting(detail, event), event)
    expect(seen.seen_by.map((found) => found.member.name)).toEqual(['Ana', 'Bert'])
    expect(withSighting(detail, { ...event, payload: { member: 'x' } })).toBe(detail)
  })
})

describe('the open alerts', () => {
  const known = (id: string, version: number, state: Alert['state'] = 'open'): Alert => alert({ id, version, state })

  it('keep what was told while they were read, and what is known in a newer version', () => {
    const read = new Map([['a', known('a', 1)], ['b', known('b', 1)], ['c', known('c', 3)]])
    const told = [known('a', 2, 'acknowledged'), known('d', 1), known('c', 2, 'acknowledged')]
    expect([...withAlerts(read, told).keys()]).toEqual(['b', 'c', 'd'])
  })
})
