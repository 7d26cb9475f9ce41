import { describe, expect, it } from 'vitest'
import type { LogbookEntry } from '../src/api/logbook'
import { minuteText } from '../src/lib/zone'
import { emptyDraft, isBegun, toSend } from '../src/logbook/draft'
import { beforeWhich, changedNames, fieldsOf, nameError } from '../src/logbook/categories'
import { byDay, categoryName, correction, current, filterFrom, merged } from '../src/logbook/words'

function entry(reference: string, happened: Date, more: Partial<LogbookEntry> = {}): LogbookEntry {
  const at = happened.toISOString()
  return {
    id: reference, reference, kind: 'entry', site: null, place: '', category: { id: 'c', key: 'patrol', names: { en: 'Patrol' } },
    happened_at: at, written_at: at, author: { id: 'a', name: 'Camille' }, text: reference, refers_to: null, followers: [], alerts: [], cameras: [], handover: null, ...more,
  }
}
const [morning, evening, day_before] = [new Date(2026, 10, 25, 8), new Date(2026, 10, 25, 20), new Date(2026, 10, 24, 23)]

describe('the logbook', () => {
  it('is read day by day, what happened last first, each entry once and as it was read last', () => {
    const known = [entry('2026-0003', evening), entry('2026-0001', day_before)]
    const fresh = [entry('2026-0003', evening, { text: 'anew' }), entry('2026-0002', morning), entry('2026-0003', evening, { text: 'anew' })]
    const days = byDay(merged(known, fresh))
    expect(days.map((day) => [day.key, day.entries.map((one) => one.reference)])).toEqual([
      ['2026-11-25', ['2026-0003', '2026-0002']],
      ['2026-11-24', ['2026-0001']],
    ])
    expect(days[0]?.entries[0]?.text).toBe('anew')
  })

  it('puts what was written later first where both happened at once', () => {
    expect(merged([entry('2026-0009', morning)], [entry('2026-0010', morning)]).map((one) => one.reference)).toEqual(['2026-0010', '2026-0009'])
  })

  it('is narrowed to what the address says, by the days of the reader', () => {
    const address: Record<string, string> = { q: 'gate', site: 's', from: '2026-11-24', to: '2026-11-24', nonsense: 'x' }
    expect(filterFrom((name) => address[name] ?? null)).toEqual({ q: 'gate', site: 's', since: new Date(2026, 10, 24).toISOString(), until: new Date(2026, 10, 25).toISOString() })
    expect(filterFrom((name) => (name === 'from' ? 'yesterday' : null))).toEqual({})
  })

  it('knows what corrects an entry, and what only adds to it', () => {
    const by = { id: 'x', reference: '2026-0004', author: { id: 'b', name: 'Sacha' }, written_at: evening.toISOString() }
    expect(correction(entry('2026-0001', morning, { followers: [{ ...by, kind: 'addition' }] }))).toBeUndefined()
    expect(correction(entry('2026-0001', morning, { followers: [{ ...by, kind: 'addition' }, { ...by, kind: 'correction' }] }))?.reference).toBe('2026-0004')
  })

  it.each([['fr', 'Ronde'], ['en', 'Patrol']] as const)('names a category in %s', (language, name) => expect(categoryName({ key: 'patrol', names: { en: 'Patrol', fr: 'Ronde' } }, language)).toBe(name))
  it('names a category in another language, or by its key, where there is no name in this one', () => {
    expect(categoryName({ key: 'k', names: { de: 'Rundgang' } }, 'fr')).toBe('Rundgang')
    expect(categoryName({ key: 'k', names: {} }, 'fr')).toBe('k')
  })
})

describe('an entry that is being written', () => {
  it('is worth keeping when something of it would be lost', () => {
    expect(isBegun(emptyDraft())).toBe(false)
    expect(isBegun({ ...emptyDraft(), category: 'c', site: 's' })).toBe(false)
    expect(isBegun({ ...emptyDraft(), text: ' a ' })).toBe(true)
  })
  it('says now by saying no time, and an earlier one as an instant', () => {
    const draft = { ...emptyDraft(), category: 'c', text: ' Quiet. ', cameras: [{ id: 'k', text: 'Gate' }] }
    expect(toSend(draft)).toMatchObject({ text: 'Quiet.', site: null, happened_at: null, cameras: ['k'], corrects: null })
    expect(toSend({ ...draft, earlier: minuteText(morning) }, { corrects: 'e' })).toMatchObject({ happened_at: morning.toISOString(), corrects: 'e' })
  })
})

describe('the list of categories', () => {
  const order = ['a', 'b', 'c'].map((id) => ({ id }))
  const languages = [{ code: 'en' }, { code: 'fr' }]

  it('says in front of which one goes that is moved', () => {
    expect(beforeWhich(order, 'b', -1)).toBe('a')
    expect(beforeWhich(order, 'a', 1)).toBe('c')
    expect(beforeWhich(order, 'b', 1)).toBeNull()
    expect([beforeWhich(order, 'a', -1), beforeWhich(order, 'c', 1), beforeWhich(order, 'x', 1)]).toEqual([undefined, undefined, undefined])
  })

  it('sends the names that were changed, without what stands around them, and an empty one to take it away', () => {
    const names = { en: 'Weather', fr: 'Météo' }
    expect(fieldsOf(languages, { fr: 'Météo', de: 'Wetter' })).toEqual({ en: '', fr: 'Météo' })
    expect(changedNames({ en: ' Weather ', fr: 'Météo' }, names)).toEqual({})
    expect(changedNames({ en: 'Storms ', fr: ' ' }, names)).toEqual({ en: 'Storms', fr: '' })
  })

  it('says beside which field what is wrong', () => {
    const errors = { 'names.fr': 'Taken.', names: 'Needed.' }
    expect([nameError(errors, 'en', true), nameError(errors, 'fr', false), nameError({}, 'en', true), nameError({ names: 'Needed.' }, 'fr', false)]).toEqual(['Needed.', 'Taken.', '', ''])
  })

  it('names an entry as its category is called now', () => {
    const was = { id: 'c', key: 'weather', names: { en: 'Weather' } }
    const known = [{ ...was, names: { en: 'Storms' }, offered: true, version: 2 }]
    expect(categoryName(current(was, known), 'en')).toBe('Storms')
    expect(categoryName(current(was, []), 'en')).toBe('Weather')
  })
})
