import { describe, expect, it } from 'vitest'
import { daysFrom, erasesMore, MESSAGES, RECORDINGS } from '../src/providers/days'

describe('days that something is kept', () => {
  it('are whole numbers within the bounds, as people write them', () => {
    for (const typed of ['30', ' 365 ', '3 650', '3\u202f650']) expect(daysFrom(typed, MESSAGES)).toBe(Number(typed.replace(/\s/g, '')))
    for (const typed of ['', '29', '3651', '-40', '60.5', '60,5', '6e1', 'many', 'Infinity']) expect(daysFrom(typed, MESSAGES)).toBeNull()
    expect([daysFrom('1', RECORDINGS), daysFrom('0', RECORDINGS), daysFrom('366', RECORDINGS)]).toEqual([1, null, null])
  })

  it('are asked about when they become fewer, and only then', () => {
    expect([erasesMore(365, 364), erasesMore(365, 365), erasesMore(30, 31)]).toEqual([true, false, false])
  })
})
