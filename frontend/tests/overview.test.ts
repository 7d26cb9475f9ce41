import { beforeAll, describe, expect, it } from 'vitest'
import type { Attention, Overview } from '../src/api/overview'
import { speak, speakOfRooms } from '../src/lib/language.svelte'
import { concerns } from '../src/overview/concerns'
import { attentionSentence, moment, wayTo } from '../src/overview/words'
import type { FeedKind } from '../src/feed/protocol'

const reader = { zone: 'Europe/Paris', language: 'en' as const, now: Date.parse('2026-11-25T14:00:00Z') }
const one = (fields: Partial<Attention>): Attention => ({ code: 'late', urgency: 1, link: '', count: 0, name: '', since: null, last_day: null, why: '', ...fields })

beforeAll(async () => {
  await speak('en')
  await speakOfRooms()
})

describe('what needs attention', () => {
  it('is a sentence with since when, where it counts', () => {
    expect(attentionSentence(one({ code: 'critical_open', count: 2, since: '2026-11-25T13:21:00Z' }), reader)).toBe('2 critical alerts are not taken. The longest waits since 14:21.')
    expect(attentionSentence(one({ code: 'camera_down', name: 'Yard', since: '2026-11-24T13:21:00Z', why: 'The camera does not answer.' }), reader)).toBe(
      'Yard is down since Tuesday, 24 November 2026, 14:21. The camera does not answer.',
    )
    expect(attentionSentence(one({ code: 'authorisation_ends', name: 'Gate', last_day: '2026-12-01' }), reader)).toBe('The authorisation of Gate ends on Tuesday, 1 December 2026.')
    expect(attentionSentence(one({ code: 'not_watched', count: 1, why: 'No watcher has room.' }), reader)).toBe('1 camera is not watched. No watcher has room.')
  })

  it('has a sentence for every code, in both languages', async () => {
    const codes: Attention['code'][] = [
      'critical_open', 'late', 'no_watcher', 'high_open', 'camera_down', 'cameras_down', 'not_watched', 'nobody_on_duty', 'others_open', 'taken_long', 'dropping',
      'authorisation_ended', 'authorisation_ends', 'rule_ends', 'rule_often',
    ]
    for (const language of ['fr', 'en'] as const) {
      await speak(language)
    await speakOfRooms()
      const all = codes.map((code) => attentionSentence(one({ code, count: 3, name: 'Gate', since: '2026-11-25T13:21:00Z', last_day: '2026-12-01' }), { ...reader, language }))
      expect(new Set(all).size).toBe(codes.length)
      for (const text of all) expect(text).not.toMatch(/[{}]|attention\./)
    }
  })

  it('reads the site’s clock', () => {
    expect(moment('2026-11-25T13:59:00Z', { ...reader, zone: 'Asia/Kathmandu' })).toBe('19:44')
  })

  it('leads only where the reader may go', () => {
    expect(wayTo('/studio/rules/1', () => true)?.href).toBe('/studio/rules/1')
    expect(wayTo('/studio/rules/1', (right) => right === 'see_rules')?.href).toBe('/studio/rules')
    expect(wayTo('/studio/rules/1', () => false)).toBeNull()
    expect(wayTo('/alerts?state=open', () => false)?.href).toBe('/alerts?state=open')
    expect(wayTo('', () => true)).toBeNull()
  })
})

describe('the feed', () => {
  const known = { down: [{ camera: { id: 'd', name: 'D' }, state: 'down' }] } as unknown as Overview
  const event = (kind: FeedKind, payload: Record<string, unknown> = {}): { number: null; kind: FeedKind; at: string; payload: Record<string, unknown> } => ({ number: null, kind, at: '', payload })

  it('changes the overview when a camera’s picture comes or goes, not with each of its figures', () => {
    expect(concerns(event('camera.state', { camera: 'a', state: 'live' }), known)).toBe(false)
    expect(concerns(event('camera.state', { camera: 'd', state: 'live' }), known)).toBe(true)
    expect(concerns(event('camera.state', { camera: 'd', state: 'down' }), known)).toBe(false)
    expect(concerns(event('camera.state', { camera: 'd', state: 'unwatched' }), known)).toBe(true)
    expect(concerns(event('camera.state', { camera: 'a', state: 'down' }), known)).toBe(true)
    expect(concerns(event('camera.state', { camera: 'a', state: 'connecting' }), known)).toBe(false)
    expect(concerns(event('duty.changed'), known)).toBe(true)
    expect(concerns(event('recording.ready'), known)).toBe(false)
  })
})
