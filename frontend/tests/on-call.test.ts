import { beforeAll, describe, expect, it } from 'vitest'
import type { Calendar, Rotation, Shift, Standing } from '../src/api/onCall'
import { speak, speakOfRooms } from '../src/lib/language.svelte'
import { readIn } from '../src/lib/zone'
import { at, daysFrom, holesOf, inPlaceOf, lanesOf, linesOf, placeOf, restOf, tonight } from '../src/on-call/calendar'
import { changeOf, draftOf, inputOf, moved } from '../src/on-call/rotation-draft'
import { howFilled, placeWords, staleAt, turnWords, until } from '../src/on-call/words'

const PARIS = 'Europe/Paris'
const HOUR = 3_600_000
const person = (name: string): Shift['person'] => ({ id: name, name, removed: false })
const shift = (name: string, starts: string, ends: string | null, more: Partial<Shift> = {}): Shift => ({ starts_at: starts, ends_at: ends, person: person(name), level: 1, rotation: 'r1', override: null, ...more })
const rotation = (id: string, level = 1, more: Partial<Rotation> = {}): Rotation => ({ id, name: id, version: 3, level, kind: 'daily', length: 1, starts_on: '2026-10-20', handover: '08:00', ends_on: null, timezone: PARIS, hours: [], participants: [person('Alix'), person('Bo')], ...more })

beforeAll(async () => {
  readIn(PARIS)
  await speak('en')
  await speakOfRooms()
})

describe('days across a change of the clocks', () => {
  it('a day in autumn has 25 hours, one in spring 23, and none is skipped', () => {
    const autumn = daysFrom('2026-10-24', PARIS, 3)
    expect(autumn.map((day) => (day.to - day.from) / HOUR)).toEqual([24, 25, 24])
    expect(autumn[1]?.to).toBe(autumn[2]?.from)
    expect(daysFrom('2026-03-28', PARIS, 3).map((day) => (day.to - day.from) / HOUR)).toEqual([24, 23, 24])
  })
  it('eight in the morning stays eight in the morning', () => {
    expect(new Date(at('2026-10-24', '08:00', PARIS)).toISOString()).toBe('2026-10-24T06:00:00.000Z')
    expect(new Date(at('2026-10-25', '08:00', PARIS)).toISOString()).toBe('2026-10-25T07:00:00.000Z')
  })
  it('the night in which the clocks go back lasts an hour longer', () => {
    const night = tonight(Date.parse('2026-10-24T10:00:00Z'), PARIS)
    expect((night.to - night.from) / HOUR).toBe(15)
  })
  it('tonight is the night that is, before the morning', () => {
    const now = Date.parse('2026-10-22T02:00:00Z') // 04:00 in Paris
    expect(tonight(now, PARIS)).toEqual({ from: now, to: Date.parse('2026-10-22T06:00:00Z') })
    const late = Date.parse('2026-10-22T20:30:00Z')
    expect(tonight(late, PARIS)).toEqual({ from: late, to: Date.parse('2026-10-23T06:00:00Z') })
  })
})

describe('what is laid out', () => {
  const calendar: Calendar = {
    since: '2026-10-21T22:00:00Z',
    until: '2026-10-23T22:00:00Z',
    timezone: PARIS,
    shifts: [
      shift('Alix', '2026-10-21T22:00:00Z', '2026-10-22T06:00:00Z'),
      shift('Bo', '2026-10-22T06:00:00Z', '2026-10-23T06:00:00Z'),
      shift('Cy', '2026-10-22T08:00:00Z', '2026-10-22T12:00:00Z', { rotation: null, override: 'o1' }),
      shift('Dee', '2026-10-22T10:00:00Z', '2026-10-22T14:00:00Z', { rotation: null, override: 'o2' }),
      shift('Eve', '2026-10-22T13:00:00Z', '2026-10-22T15:00:00Z', { rotation: 'removed' }),
    ],
    gaps: [{ starts_at: '2026-10-23T06:00:00Z', ends_at: '2026-10-23T22:00:00Z' }],
  }
  it('a lane a rotation, and those in addition never over one another', () => {
    const lanes = lanesOf(calendar, [rotation('r1')])
    expect(lanes.map((lane) => [lane.rotation?.id ?? null, lane.bars.map((bar) => bar.shift.person.name)])).toEqual([['r1', ['Alix', 'Bo']], [null, ['Cy', 'Eve']], [null, ['Dee']]])
    expect(lanes[0]?.bars.map((bar) => [bar.left, bar.width])).toEqual([[0, 8 / 48], [8 / 48, 0.5]])
  })
  it('a hole is said from now on, not for what has been', () => {
    const now = Date.parse('2026-10-23T12:00:00Z')
    expect(holesOf(calendar.gaps, now)).toEqual([{ from: now, to: Date.parse('2026-10-23T22:00:00Z') }])
    expect(holesOf(calendar.gaps, Date.parse('2026-10-23T22:00:00Z'))).toEqual([])
  })
  it('a day is cut at its midnights, and a hole stands among the shifts', () => {
    const [, second] = daysFrom('2026-10-22', PARIS, 2)
    if (second === undefined) throw new Error('no day')
    expect(linesOf(second, calendar, 0).map((line) => [line.shift?.person.name ?? null, new Date(line.from).toISOString(), new Date(line.to).toISOString()])).toEqual([
      ['Bo', '2026-10-22T22:00:00.000Z', '2026-10-23T06:00:00.000Z'],
      [null, '2026-10-23T06:00:00.000Z', '2026-10-23T22:00:00.000Z'],
    ])
  })
  it('who replaces takes what remains, in the place of the rotation or of who was added', () => {
    const [first, , added] = calendar.shifts
    if (first === undefined || added === undefined) throw new Error('no shift')
    const now = Date.parse('2026-10-22T01:00:00Z')
    expect(restOf(first, now)).toEqual({ from: now, to: Date.parse('2026-10-22T06:00:00Z') })
    expect(inPlaceOf(placeOf(first))).toEqual({ rotation: 'r1', replaces: null })
    expect(inPlaceOf(placeOf(added))).toEqual({ rotation: null, replaces: 'Cy' })
    expect(inPlaceOf('')).toEqual({ rotation: null, replaces: null })
  })
})

describe('words', () => {
  const now = new Date('2026-10-22T10:00:00Z')
  it('until when, on the organisation’s clock', () => {
    expect(until(shift('Alix', '2026-10-22T06:00:00Z', '2026-10-22T20:00:00Z'), now)).toBe('until 22:00')
    expect(until(shift('Alix', '2026-10-22T06:00:00Z', '2026-10-26T07:00:00Z'), now)).toBe('until Mon 26 Oct, 08:00')
    expect(until(shift('Alix', '2026-10-22T06:00:00Z', null), now)).toBe('for a month at least')
  })
  it('a hole now is critical, one within two weeks high, later it is told, none is safe', () => {
    expect(howFilled('2026-10-22T10:00:00Z', now).shape).toBe('critical')
    expect(howFilled('2026-10-30T10:00:00Z', now)).toEqual({ shape: 'high', words: 'Nobody is on call from Fri 30 Oct, 11:00' })
    expect(howFilled('2026-12-30T10:00:00Z', now).shape).toBe('low')
    expect(howFilled(null, now).shape).toBe('safe')
  })
  it('what is shown is old when the first shift ends or the first hole begins', () => {
    const standing = { schedule: { id: 's', name: 'S', timezone: PARIS }, on_call: [shift('Alix', '2026-10-22T06:00:00Z', '2026-10-22T20:00:00Z')], filled_until: '2026-10-22T18:00:00Z' } as Standing
    expect(staleAt([standing], now.getTime())).toBe(Date.parse('2026-10-22T18:00:00Z'))
    expect(staleAt([standing], Date.parse('2026-10-22T20:00:00Z'))).toBeNull()
  })
  it('a rotation says its turns and the hours at which it counts', () => {
    expect(turnWords(rotation('r1', 1, { kind: 'weekly', length: 2 }))).toBe('Turns of 2 weeks, changing at 08:00')
    expect(turnWords(rotation('r1', 1, { kind: 'hourly', length: 12, hours: [{ days: [5, 6], start: '00:00', end: '00:00' }] }))).toMatch(/^Turns of 12 hours; it counts /)
  })
  it('in whose place', () => {
    expect(placeWords({ rotation: 'r1', replaces: null, level: 1 }, [{ id: 'r1', name: 'Nights' }])).toBe('in the place of Nights')
    expect(placeWords({ rotation: null, replaces: person('Bo'), level: 1 }, [])).toBe('in the place of Bo')
    expect(placeWords({ rotation: null, replaces: null, level: 1 }, [])).toBe('in addition to who is on call')
  })
})

describe('a rotation that is changed', () => {
  it('sends only what was touched, so that a colleague’s other fields stay', () => {
    const before = draftOf(rotation('r1'), '2026-10-22')
    expect(changeOf(before, { ...before, handover: '09:00' })).toEqual({ handover: '09:00' })
    expect(changeOf(before, { ...before, people: moved(before.people, 1, -1) })).toEqual({ participants: ['Bo', 'Alix'] })
    expect(changeOf(before, { ...before, ends_on: '2027-01-01' })).toEqual({ ends_on: '2027-01-01' })
  })
  it('a length that is no number is not made one', () => {
    expect(inputOf({ ...draftOf(null, '2026-10-22'), length: 'two' }).length).toBe(0)
  })
  it('nobody moves over the ends of the list', () => {
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
    expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b'])
  })
})
