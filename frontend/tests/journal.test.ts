import { describe, expect, it } from 'vitest'
import { journalExportAddress } from '../src/api/journal'
import { groupOf, journalFilter, pageOf } from '../src/journal/groups'
import { dayKey, midnight } from '../src/lib/days'

const actions = ['signed_in', 'sign_in_refused', 'password_changed', 'camera_changed', 'recording_kept', 'alert_raised', 'logbook_written', 'duty_taken', 'journal_read', 'member_added', 'something_new'].map((key) => ({ key }))
const from = (address: Record<string, string>) => (name: string) => address[name] ?? null

describe('the journal', () => {
  it.each([['signed_in', 'ways_in'], ['clip_viewed', 'pictures'], ['rule_changed', 'rules'], ['duty_ended', 'logbook'], ['personal_erased', 'journal'], ['something_new', 'other']])('keeps %s among %s', (action, group) => expect(groupOf(action)).toBe(group))

  it('asks for all actions of a group, or for one of them', () => {
    expect(journalFilter(from({ group: 'ways_in' }), actions).action).toBe('signed_in,sign_in_refused,password_changed')
    expect(journalFilter(from({ group: 'ways_in', action: 'signed_in' }), actions).action).toBe('signed_in')
    expect(journalFilter(from({ group: 'nonsense', site: 's' }), actions)).toEqual({ site: 's' })
  })

  it('asks for whole days of the reader', () => {
    expect(journalFilter(from({ from: '2026-11-24', to: '2026-11-25' }), actions)).toEqual({ since: new Date(2026, 10, 24).toISOString(), until: new Date(2026, 10, 26).toISOString() })
    expect(midnight('2026-1-1', 0)).toBeUndefined()
    expect(dayKey(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05')
  })

  it('is exported as it is filtered', () => expect(journalExportAddress({ action: 'a,b', site: '' }, 'jsonl')).toBe('/api/journal/export/?action=a&action=b&as=jsonl'))

  it('leads to the page of what it is about, where there is one', () => {
    expect(pageOf({ kind: 'alerts.alert', id: '1' })).toBe('/alerts/1')
    expect(pageOf({ kind: 'soc_people.member', id: '1' })).toBeNull()
  })
})
