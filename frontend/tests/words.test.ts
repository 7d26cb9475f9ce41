import { describe, expect, it } from 'vitest'
import { clockTime, initials, lasted, number, weekdays, when } from '../src/lib/format'
import { counted, speak, t } from '../src/lib/language.svelte'
import { match, safeReturn } from '../src/lib/router.svelte'
import { searchable } from '../src/studio/shared/search'

describe('sentences', () => {
  it('have their parameters filled in', async () => {
    await speak('en')
    expect(t('tile.stale', { time: '14:21:00' })).toBe('No new picture since 14:21:00')
    await speak('fr')
    expect(t('tile.stale', { time: '14:21:00' })).toBe('Pas de nouvelle image depuis 14:21:00')
  })

  it('count as the language does', async () => {
    await speak('en')
    expect([0, 1, 2].map((count) => counted('feed.open', count))).toEqual(['0 alerts not taken', '1 alert not taken', '2 alerts not taken'])
    await speak('fr')
    expect([0, 1, 2].map((count) => counted('feed.open', count))).toEqual(['0 alerte non prise en compte', '1 alerte non prise en compte', '2 alertes non prises en compte'])
  })
})

describe('formats', () => {
  const at = new Date(2026, 10, 22, 14, 5, 9)

  it('write times and numbers as the language does', () => {
    expect(clockTime(at, 'en')).toBe('14:05:09')
    expect(clockTime(at, 'fr')).toBe('14:05:09')
    expect(number(1.25, 'en', 1)).toBe('1.3')
    expect(number(1.25, 'fr', 1)).toBe('1,3')
  })

  it('leave the day out when it is today', () => {
    expect(when(at, new Date(2026, 10, 22, 23, 0), 'en')).toBe('14:05')
    expect(when(at, new Date(2026, 10, 23, 1, 0), 'en')).toBe('22 Nov, 14:05')
  })

  it.each([[0, '0:00'], [42_900, '0:42'], [725_000, '12:05'], [11_220_000, '3:07:00'], [-5, '0:00']])('count %d ms up as %s', (span, text) => expect(lasted(span)).toBe(text))

  it('begin the week on Monday', () => {
    expect(weekdays('en').map((day) => day.long)[0]).toBe('Monday')
    expect(weekdays('fr').map((day) => day.long)[6]).toBe('dimanche')
  })

  it.each([['Agent 2', 'A2'], ['Ana Maria Martin', 'AM'], ['bo', 'BO'], ['', '?']])('shorten %j to %s', (name, letters) => expect(initials(name)).toBe(letters))

  it('find words without their accents', () => expect(searchable(' Vélo ')).toBe('velo'))
})

describe('addresses', () => {
  it('give their parameters', () => {
    expect(match('/alerts/:id', '/alerts/4')).toEqual({ id: '4' })
    expect(match('/alerts', '/alerts/')).toEqual({})
    expect(match('/alerts/:id', '/alerts')).toBeNull()
    expect(match('/', '/')).toEqual({})
  })

  it.each([['/alerts?state=open', '/alerts?state=open'], ['//evil.example', '/'], ['/\\evil.example', '/'], ['https://evil.example', '/'], [null, '/'], ['/sign-in', '/']])('after sign-in %j leads to %s', (wanted, there) => expect(safeReturn(wanted)).toBe(there))
})
