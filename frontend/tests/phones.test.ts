import { describe, expect, it } from 'vitest'
import type { Phone } from '../src/api/phones'
import { arranged, matching } from '../src/phones/arrange'
import { pieces } from '../src/phones/links'

const phone = (to: string, person = '', channels: Phone['channels'] = ['sms']): Phone => ({ simulation: true, to, person, channels, messages: 1, last_at: '' })

describe('the simulated phones', () => {
  const all = [phone('+33639980001', 'Élodie Martin'), phone('+33639980002', 'Guard B', ['sms', 'voice']), phone('hall@example.org', 'Town hall', ['email'])]

  it('are found by name without accents, by number as it is written, and by what they received', () => {
    const found = (words: string, way: 'all' | 'sms' | 'voice' | 'email' = 'all') => matching(all, { words, way }).map((one) => one.to)
    expect(found('elodie  MAR')).toEqual(['+33639980001'])
    expect(found('39980002')).toEqual(['+33639980002'])
    expect(found('example.org')).toEqual(['hall@example.org'])
    expect(found('', 'voice')).toEqual(['+33639980002'])
    expect(found('guard b')).toEqual(['+33639980002'])
    expect(found('+33 639 980 001')).toEqual(['+33639980001'])
    expect(found('nobody')).toEqual([])
  })

  it('stand with the newest first, but keep their places while somebody is at one of them', () => {
    const order = arranged([], [phone('a'), phone('b')], false)
    expect(order).toEqual(['a', 'b'])
    const news = [phone('c'), phone('b'), phone('a')]
    expect(arranged(order, news, true)).toEqual(['a', 'b', 'c'])
    expect(arranged(order, news, false)).toEqual(['c', 'b', 'a'])
    expect(arranged(order, [phone('b')], true)).toEqual(['b'])
  })

  it('make links of addresses, without the full stop behind them', () => {
    expect(pieces('Answer: https://vigie.example.org/m/1a-abc. Now')).toEqual([
      { text: 'Answer: ', link: '' },
      { text: 'https://vigie.example.org/m/1a-abc', link: 'https://vigie.example.org/m/1a-abc' },
      { text: '. Now', link: '' },
    ])
    expect(pieces('no address')).toEqual([{ text: 'no address', link: '' }])
    expect(pieces('')).toEqual([])
  })
})
