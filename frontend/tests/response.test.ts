import { describe, expect, it } from 'vitest'
import type { MessageStep, PlanContent, PlanHole, PlanStep } from '../src/api/response'
import { asSent, audienceKey, begins, EMPTY_WORDS, faultAt, freeKey, inserted, mayFollow, newStep, pieces, withoutStep, withStep } from '../src/response/content'
import { lastBegin, timeline } from '../src/response/lanes'
import { delayWord, heaviestFirst, languageName } from '../src/response/words'

const AGENTS = { groups: [{ kind: 'role' as const, role: 'agent' as const }], whom: 'all' as const }
const STAFF = { groups: [{ kind: 'site' as const, site: 's' }, { kind: 'role' as const, role: 'agent' as const }], whom: 'all' as const }

function message(key: string, more: Partial<MessageStep> = {}): MessageStep {
  return { kind: 'message', key, name: key, after: null, delay_s: 0, unless: null, by_hand: false, to: AGENTS, ways: [{ channel: 'sms', after_s: 0 }], words: {}, choices: [], first: false, ...more }
}
const task = (key: string, more: Partial<Extract<PlanStep, { kind: 'task' }>> = {}): PlanStep => ({ kind: 'task', key, name: key, after: null, delay_s: 0, unless: null, by_hand: false, role: '', within_s: 0, ...more })
const plan = (...steps: PlanStep[]): PlanContent => ({ languages: ['en', 'fr'], steps, stand_down: {}, help_to: null })

describe('when steps begin', () => {
  it('is counted along what they come after, and not known behind a hand or a broken order', () => {
    const steps = [message('a'), message('b', { after: 'a', delay_s: 120 }), message('c', { after: 'b', delay_s: 60 }), message('hand', { by_hand: true }), message('behind', { after: 'hand', delay_s: 30 }), message('lost', { after: 'nothing' }), message('x', { after: 'y' }), message('y', { after: 'x' })]
    expect([...begins(steps)]).toEqual([['a', 0], ['b', 120], ['c', 180], ['hand', null], ['behind', null], ['lost', null], ['x', null], ['y', null]])
  })

  it('makes a column for each moment, those by hand last, and a lane for each audience', () => {
    const line = timeline(plan(task('verify'), message('a'), message('b', { after: 'a', delay_s: 120, unless: { step: 'a', needed: 1 } }), message('all', { to: STAFF, by_hand: true })))
    expect(line.columns).toEqual([0, 120, null])
    expect(line.lanes.map((lane) => [lane.kind, lane.steps.map((step) => step.key)])).toEqual([['people', ['a', 'b']], ['people', ['all']], ['tasks', ['verify']]])
    expect(lastBegin(line)).toBe(120)
    expect(timeline(plan())).toMatchObject({ lanes: [], columns: [] })
  })

  it('is said in seconds, minutes and hours', () => {
    expect([30, 120, 5430, 86_400].map(delayWord)).toEqual(['30\u00a0s', '2\u00a0min', '1\u00a0h 30\u00a0min 30\u00a0s', '24\u00a0h'])
  })
})

describe('a plan’s document', () => {
  it('gets steps with keys of their own, in all of its languages', () => {
    const first = newStep('message', 'New', plan(), AGENTS, '')
    const second = newStep('message', 'New', plan(first), AGENTS, '')
    expect([first.key, second.key, freeKey('task', [])]).toEqual(['message', 'message-2', 'task'])
    expect(first.kind === 'message' && Object.keys(first.words)).toEqual(['en', 'fr'])
    expect(withStep(plan(first), { ...first, name: 'Other' }).steps).toEqual([{ ...first, name: 'Other' }])
  })

  it('loses a step without moving those that came after it', () => {
    const left = withoutStep(plan(message('a'), message('b', { after: 'a', delay_s: 60 }), message('c', { after: 'b', delay_s: 30, unless: { step: 'b', needed: 2 } })), 'b')
    expect(left.steps[1]).toMatchObject({ after: 'a', delay_s: 90, unless: null })
    expect(begins(left.steps).get('c')).toBe(90)
    expect(withoutStep(left, 'nothing')).toBe(left)
  })

  it('lets a step come after no step that waits for it', () => {
    const steps = [message('a'), message('b', { after: 'a' }), message('c', { unless: { step: 'b', needed: 1 } }), message('d')]
    expect(mayFollow(steps, 'a').map((step) => step.key)).toEqual(['d'])
    expect(mayFollow(steps, 'c').map((step) => step.key)).toEqual(['a', 'b', 'd'])
  })

  it('knows one audience from another, in whatever order it was put together', () => {
    expect(audienceKey(STAFF)).toBe(audienceKey({ ...STAFF, groups: [...STAFF.groups].reverse() }))
    expect(audienceKey(STAFF)).not.toBe(audienceKey({ ...STAFF, whom: 'inside' }))
  })

  it('is sent without words of languages that were taken away, and without empty ones where those are refused', () => {
    const words = { en: { ...EMPTY_WORDS, text: 'Go' }, fr: EMPTY_WORDS, de: { ...EMPTY_WORDS, text: 'Los' } }
    const content = { ...plan(message('a', { words, choices: [{ key: '1', kind: 'safe', words: { en: 'Well', fr: ' ' } }] }), { ...task('i'), kind: 'instruction', words: { en: 'Leave', fr: ' ' }, again_every_s: 0, times: 1 } as PlanStep), stand_down: words }
    const sent = asSent(content)
    expect(sent.steps[0]).toMatchObject({ words: { en: words.en, fr: EMPTY_WORDS }, choices: [{ words: { en: 'Well' } }] })
    expect(sent.steps[0]?.kind === 'message' && sent.steps[0].words).not.toHaveProperty('de')
    expect(sent.steps[1]).toMatchObject({ words: { en: 'Leave' } })
    expect(Object.keys(sent.stand_down)).toEqual(['en'])
  })

  it('says where a fault is', () => {
    const content = plan(message('a'), message('b'))
    expect(faultAt('document.steps.1.words.fr.text', content)).toEqual({ step: 'b', part: 'words', language: 'fr' })
    expect(faultAt('steps.0.to', content)).toEqual({ step: 'a', part: 'to', language: null })
    expect(faultAt('stand_down.fr', content)).toEqual({ step: null, part: 'stand_down', language: 'fr' })
    expect(faultAt('risk', content)).toEqual({ step: null, part: 'risk', language: null })
    expect(faultAt('steps.7.to', content).step).toBeNull()
  })
})

describe('a text with places', () => {
  it('is cut at them, and every letter stays', () => {
    const text = 'At {site}: {{no}} {nope} {Nope} {'
    expect(pieces(text).filter((piece) => piece.place !== '').map((piece) => piece.place)).toEqual(['site', 'nope'])
    expect(pieces(text).map((piece) => piece.text).join('')).toBe(text)
    expect(pieces('')).toEqual([])
  })

  it('takes one in at the caret, with a space where it would touch a word', () => {
    expect(inserted('Go to', '{zone}', 5, 5)).toEqual({ text: 'Go to {zone}', caret: 12 })
    expect(inserted('now', '{site}', 0, 0)).toEqual({ text: '{site} now', caret: 7 })
    expect(inserted('Near X, go', '{zone}', 5, 6)).toEqual({ text: 'Near {zone}, go', caret: 11 })
  })
})

describe('what is missing', () => {
  it('has what stops the approval first, else its own order', () => {
    const hole = (sentence: string, weight: PlanHole['weight']): PlanHole => ({ code: 'nobody', sentence, weight, step: null, field: '' })
    expect(heaviestFirst([hole('a', 'tells'), hole('b', 'stops'), hole('c', 'warns'), hole('d', 'stops')]).map((one) => one.sentence)).toEqual(['b', 'd', 'c', 'a'])
  })

  it('names languages, those that nobody knows by their code', () => {
    expect(languageName('fr')).toBe('Français')
    expect(languageName('de')).toBe('Deutsch')
    expect(languageName('-')).toBe('-')
  })
})
