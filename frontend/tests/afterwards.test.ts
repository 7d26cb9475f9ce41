import { describe, expect, it } from 'vitest'
import type { Step } from '../src/api/activations'
import type { ChannelState } from '../src/api/providers'
import { filledFrom, lostSecrets, rateFrom, settingsFrom, settingsOf, withoutSecrets } from '../src/providers/settings'
import { channelStanding, standingOf } from '../src/providers/words'
import { change, compared, share } from '../src/report/figures'
import { bars, ticks } from '../src/report/timeline'

describe('figures of a report', () => {
  const now = { name: 'Everybody', people: 10, reached: 9, no_address: 1, answered: 7, within_5_min: 7, median_s: 40 }
  it('a share of nobody is none, and is never rounded up', () => {
    expect(share(0, 0)).toBeNull()
    expect(share(199, 200)).toBe(99)
  })
  it('more answers are better, and a longer time is worse', () => {
    const before = { id: 'b', number: 1, started_at: null, people: 10, reached: 9, answered: 5, within_5_min: 8, median_s: 30 }
    expect(compared(now, before).map((one) => [one.key, one.then, one.now, one.change])).toEqual([
      ['reached', 90, 90, 'same'],
      ['answered', 50, 70, 'better'],
      ['within', 80, 70, 'worse'],
      ['median', 30, 40, 'worse'],
    ])
  })
  it('of what is not known on one side nothing is said', () => {
    expect(change(null, 3)).toBe('unknown')
    expect(change(3, null, 'less')).toBe('unknown')
  })
})

describe('the timeline', () => {
  const start = Date.parse('2026-11-22T14:00:00Z')
  const step = (key: string, position: number, from: string | null, to: string | null, state: Step['state'] = 'done'): Step =>
    ({ key, position, started_at: from && `2026-11-22T14:${from}Z`, ended_at: to && `2026-11-22T14:${to}Z`, state }) as Step
  it('draws each step where it was, in the order in which they began, and none that never began', () => {
    const found = bars([step('late', 0, '05:00', '10:00'), step('never', 1, null, null, 'skipped'), step('first', 2, '00:00', '00:00')], start, start + 600_000)
    expect(found.map((one) => [one.step.key, one.from, one.width])).toEqual([['first', 0, 0.8], ['late', 50, 50], ['never', null, 0]])
  })
  it('what runs is drawn until now, and nothing leaves the axis', () => {
    const [running, after] = bars([step('running', 0, '05:00', null, 'running'), step('after', 1, '12:00', '13:00')], start, start + 600_000)
    expect([running?.from, running?.width]).toEqual([50, 50])
    expect((after?.from ?? 0) + (after?.width ?? 0)).toBeLessThanOrEqual(100)
  })
  it('has at most seven marks, from seconds to days', () => {
    for (const length of [10_000, 61_000, 3_600_000, 86_400_000, 30 * 86_400_000]) {
      expect(ticks(length).length).toBeGreaterThan(0)
      expect(ticks(length).length).toBeLessThanOrEqual(7)
      expect(ticks(length).at(-1)).toBeLessThanOrEqual(length)
    }
  })
})

const SCHEMA = {
  required: ['host', 'token'],
  properties: {
    host: { title: 'Server', type: 'string', maxLength: 253 },
    port: { title: 'Port', type: 'integer', default: 587 },
    encryption: { title: 'Encryption', enum: ['tls', 'none'], default: 'none', 'x-labels': { tls: 'TLS', none: 'None' } },
    token: { title: 'Token', type: 'string', writeOnly: true },
  },
}

describe('the form of a provider', () => {
  const settings = settingsOf(SCHEMA)
  it('is drawn from the schema', () => {
    expect(settings.map((one) => [one.name, one.look, one.required, one.initial])).toEqual([
      ['host', 'text', true, ''],
      ['port', 'number', false, '587'],
      ['encryption', 'choice', false, 'none'],
      ['token', 'secret', true, ''],
    ])
    expect(settings[2]?.choices).toEqual([{ value: 'tls', text: 'TLS' }, { value: 'none', text: 'None' }])
  })
  it('shows no secret, sends none that was not entered, and keeps none in the browser', () => {
    const filled = filledFrom(settings, { host: 'mx', port: 25, token: 'never given by the server' })
    expect(filled).toEqual({ host: 'mx', port: '25', encryption: 'none', token: '' })
    expect(settingsFrom(settings, filled)).toEqual({ host: 'mx', port: 25, encryption: 'none' })
    const typed = { ...filled, token: 'secret', port: 'x' }
    expect(settingsFrom(settings, typed)).toEqual({ host: 'mx', port: 'x', encryption: 'none', token: 'secret' })
    expect(JSON.stringify(withoutSecrets(settings, typed))).not.toContain('secret')
  })
  it('says which secrets cannot be read any more', () => {
    expect(lostSecrets(settings, []).map((one) => one.name)).toEqual(['token'])
    expect(lostSecrets(settings, ['token'])).toEqual([])
  })
  it('takes a rate in both ways of writing, nothing as the usual one, and leaves what is none to the server', () => {
    expect(['', '0,5', '2.5', 'many'].map(rateFrom)).toEqual([null, 0.5, 2.5, 'many'])
  })
})

describe('how a provider and a way stand', () => {
  const way = (more: Partial<ChannelState> = {}): ChannelState => ({ channel: 'sms', carriers: [{ account: 'a', per_second: 1 }], simulated: false, waiting: 0, waiting_since: null, ...more })
  const account = { id: 'a', enabled: true, last_worked_at: null, last_failed_at: null }
  it('the latest of working and failing counts', () => {
    expect(standingOf(account, way())).toBe('unused')
    expect(standingOf({ ...account, last_worked_at: '2026-11-22T14:00:00Z' }, way())).toBe('works')
    expect(standingOf({ ...account, last_worked_at: '2026-11-22T14:00:00Z', last_failed_at: '2026-11-22T14:00:01Z' }, way())).toBe('failing')
    expect(standingOf({ ...account, enabled: false }, way())).toBe('off')
    expect(standingOf(account, way({ carriers: [] }))).toBe('unreadable')
  })
  it('a simulation is never called anything else', () => {
    expect(channelStanding(way({ simulated: true, carriers: [{ account: null, per_second: null }] }))).toBe('simulated')
    expect(channelStanding(way({ carriers: [] }))).toBe('nobody')
    expect(channelStanding(way({ carriers: [{ account: null, per_second: null }] }))).toBe('built_in')
    expect(channelStanding(way())).toBe('carried')
  })
})
