import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dayKey, midnight } from '../src/lib/days'
import { clockTime, when } from '../src/lib/format'
import { instantOf, isSameDay, minuteText, readIn } from '../src/lib/zone'

const at = new Date('2026-11-25T23:30:00Z') // half past midnight in Paris, the next day

describe('times are read on the organisation’s clock', () => {
  beforeEach(() => readIn('Europe/Paris'))
  afterEach(() => readIn(undefined))

  it('wherever the reader sits', () => {
    expect(clockTime(at, 'en')).toBe('00:30:00')
    expect(when(at, new Date('2026-11-26T10:00:00Z'), 'en')).toBe('00:30')
    expect(isSameDay(at, new Date('2026-11-25T22:59:00Z'))).toBe(false)
    expect(dayKey(at)).toBe('2026-11-26')
  })

  it('and what is entered means what was shown', () => {
    expect(minuteText(at)).toBe('2026-11-26T00:30')
    expect(instantOf(minuteText(at))).toEqual(at)
    expect(midnight('2026-11-26', 0)).toBe('2026-11-25T23:00:00.000Z')
    expect(midnight('2026-03-29', 1)).toBe('2026-03-29T22:00:00.000Z') // a day of 23 hours
    expect(instantOf('no time')).toBeNull()
    expect(midnight('2026-13-01', 0)).toBeUndefined()
  })
})
