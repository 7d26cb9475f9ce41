import { describe, expect, it } from 'vitest'
import type { Alert } from '../src/api/types'
import { standing, whySentence } from '../src/alerts/words'
import { alertFrom, fits, put } from '../src/feed/merge'
import { speak } from '../src/lib/language.svelte'
import { alert } from './an-alert'

const ids = (list: Alert[]): string[] => list.map((one) => one.id)

describe('a list of alerts', () => {
  it('is by urgency, then newest first, each alert once, however they arrive', () => {
    const arrivals = [
      alert({ id: 'old', captured_at: '2026-11-22T10:00:00Z' }),
      alert({ id: 'new', captured_at: '2026-11-22T12:00:00Z' }),
      alert({ id: 'middle', captured_at: '2026-11-22T11:00:00Z' }),
      alert({ id: 'new', captured_at: '2026-11-22T12:00:00Z', version: 2, state: 'acknowledged' }),
    ]
    const list = arrivals.reduce<Alert[]>(put, [])
    // What somebody has taken comes after what nobody has.
    expect(ids(list)).toEqual(['middle', 'old', 'new'])
    expect(list[2]?.state).toBe('acknowledged')
  })

  it('keeps the newer version when an older one comes late', () => {
    const list = put([alert({ version: 3, state: 'resolved' })], alert({ version: 2, state: 'acknowledged' }))
    expect(list[0]?.state).toBe('resolved')
  })

  it('holds what fits its filter', () => {
    expect(fits(alert(), {})).toBe(true)
    expect(fits(alert(), { state: '', severity: '4', camera: 'c' })).toBe(true)
    expect(fits(alert(), { severity: '3' })).toBe(false)
    expect(fits(alert(), { state: 'resolved' })).toBe(false)
    expect(fits(alert(), { camera: 'd' })).toBe(false)
  })

  it('takes only whole alerts from an event', () => {
    expect(alertFrom({ ...alert() })).toMatchObject({ id: 'a' })
    expect(alertFrom({ alert: 'a' })).toBeNull()
    expect(alertFrom({ ...alert(), why: null })).toBeNull()
  })
})

describe('an alert in words', () => {
  it('says why in the language of the reader', async () => {
    await speak('en')
    expect(whySentence(alert())).toBe('Stayed: person')
    await speak('fr')
    expect(whySentence(alert())).toBe('Est restée : personne')
    expect(whySentence(alert({ why: { code: 'x', params: {}, text: {} } }))).toBe('Closed grounds')
  })

  it('says who has it', async () => {
    await speak('en')
    const ana = { id: 'm1', name: 'Ana' }
    expect(standing(alert(), 'm1')).toBe('Not taken')
    expect(standing(alert({ state: 'acknowledged', acknowledged_by: ana }), 'm2')).toBe('Taken by Ana')
    expect(standing(alert({ state: 'acknowledged', acknowledged_by: ana }), 'm1')).toBe('Taken by you')
    expect(standing(alert({ state: 'acknowledged', acknowledged_by: ana, assigned_to: { id: 'm3', name: 'Bruno' } }), 'm1')).toBe('Assigned to Bruno')
    expect(standing(alert({ state: 'false_alarm', closed_by: ana }), 'm2')).toBe('False alarm, said Ana')
  })
})
