import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ActivationLine, Answers, Minute, Prepared, Step } from '../src/api/activations'
import { Calm } from '../src/crisis/calm'
import { everybody, parts } from '../src/crisis/counts'
import { curveOf, halfAfter, topOf } from '../src/crisis/curve'
import { GOOD_FOR, goodUntil, prospectOf, startWords } from '../src/crisis/gesture'
import { joined } from '../src/crisis/log.svelte'
import { literal, missing, toSend, type MessageDraft } from '../src/crisis/message'
import { queryOf } from '../src/crisis/past.svelte'
import { actsOf, checklist, countSteps, escalation, inOrder, leftOf, nextStep } from '../src/crisis/steps'
import { deliveryWords, lineSentence, stepName, stepSentences } from '../src/crisis/words'
import { speak, speakOfRooms } from '../src/lib/language.svelte'
import { readIn } from '../src/lib/zone'

const at = (minutes: number, seconds = 0): string => new Date(Date.UTC(2026, 10, 30, 10, minutes, seconds)).toISOString()
const step = (key: string, more: Partial<Step> = {}): Step => ({
  key, position: 0, kind: 'message', name: key, added: false, state: 'waiting', reason: '', due_at: null, started_at: null, ended_at: null, after: null, delay_s: 0,
  needed: null, role: null, late_at: null, channels: ['sms'], people: 0, answered: 0, fell_back: false, forced_by: null, note: '', ...more,
})
const answers = (more: Partial<Answers> = {}): Answers => ({ safe: 0, help: 0, coming: 0, other: 0, none: 0, not_reached: 0, ...more })

beforeAll(() => readIn('UTC'))
beforeEach(async () => {
  await speak('en')
  await speakOfRooms()
})

describe('the steps', () => {
  const steps = [
    step('calls', { position: 3, due_at: at(8), needed: 1, after: 'first' }),
    step('end', { position: 5 }),
    step('first', { position: 1, state: 'done', started_at: at(2), ended_at: at(2) }),
    step('doors', { position: 2, kind: 'devices', state: 'failed', started_at: at(4), ended_at: at(4), reason: 'failed' }),
    step('again', { position: 4, kind: 'instruction', due_at: at(6) }),
    step('skipped', { position: 6, state: 'skipped', ended_at: at(3), reason: 'answered' }),
  ]
  it('are read as they happened, then as they come, then as the plan has them', () => {
    expect(inOrder(steps).map((one) => one.key)).toEqual(['first', 'skipped', 'doors', 'again', 'calls', 'end'])
    expect(countSteps(steps)).toEqual({ done: 2, running: 0, ahead: 3, failed: 1 })
  })
  it('name what escalates, and what begins next by itself', () => {
    expect(escalation(steps)?.key).toBe('calls')
    expect(nextStep(steps)?.key).toBe('again')
    expect(escalation([step('x', { needed: 1, state: 'done' })])).toBeUndefined()
  })
  it('offer nothing by hand where only a verification lets a step go', () => {
    expect(actsOf(step('a', { state: 'unverified' }))).toEqual(['hold'])
    expect(actsOf(step('a', { state: 'held' }))).toEqual(['release'])
    expect(actsOf(step('a', { state: 'by_hand' }))).toContain('release')
    expect(actsOf(step('a', { state: 'done' }))).toEqual(['repeat'])
    expect(actsOf(step('a', { state: 'done', kind: 'devices' }))).toEqual([])
    expect(actsOf(step('stand-down', { state: 'done', added: true }))).toEqual([])
  })
  it('say when they come and on what they wait', () => {
    const now = new Date(at(5))
    expect(stepSentences(steps[0] as Step, steps, now)).toEqual(['in 3:00', 'only if nobody has answered by then'])
    expect(stepSentences(step('x', { after: 'calls', delay_s: 120 }), steps, now)).toEqual(['2:00 after “calls”'])
    expect(stepSentences(step('x', { state: 'unverified' }), steps, now)[0]).toBe('Begins when it is recorded how the alert was verified.')
    expect(stepSentences(steps[3] as Step, steps, now)[0]).toMatch(/not tried again unseen/)
    expect(stepSentences(step('x', { state: 'failed', reason: 'something_new' }), steps, now)[0]).not.toMatch(/something_new/)
    expect(stepSentences(step('x', { state: 'done', people: 2, answered: 1, fell_back: true }), steps, now)).toEqual(['1 of 2 people answered', 'Nobody was on its list: who directs and the supervisors were told instead.'])
  })
  it('that nobody wrote beforehand have a name', () => {
    expect(stepName(step('stand-down', { added: true }))).toBe('Word that it is over')
    expect(stepName(step('message-1', { added: true, name: 'Agent 2' }))).toBe('Further message by Agent 2')
    expect(stepName(step('message-1', { name: 'Ours' }))).toBe('Ours')
  })
  it('make a checklist of what people do, with what is late', () => {
    const lines = checklist([step('task', { kind: 'task', state: 'running', late_at: at(5) }), step('police', { kind: 'emergency', state: 'waiting' }), step('sms')])
    expect(lines.map((one) => one.key)).toEqual(['task', 'police'])
    expect(leftOf(lines[0] as Step, Date.parse(at(6)))).toBe(-60_000)
    expect(leftOf(step('task', { late_at: at(5), state: 'done' }), Date.parse(at(6)))).toBeNull()
  })
})

describe('the counters', () => {
  it('add up, and so does the bar', () => {
    const counts = answers({ safe: 141, coming: 6, help: 2, none: 54, not_reached: 9 })
    expect(everybody(counts)).toBe(212)
    const bar = parts(counts)
    expect(bar.map((one) => one.answer)).toEqual(['help', 'safe', 'coming', 'none', 'not_reached'])
    expect(bar.reduce((sum, one) => sum + one.share, 0)).toBeCloseTo(100)
  })
  it('show one call for help among ten thousand', () => {
    const bar = parts(answers({ safe: 9_999, help: 1 }))
    expect(bar[0]?.share).toBeGreaterThan(1)
    expect(parts(answers())).toEqual([])
  })
})

describe('the curve', () => {
  const start = Date.parse(at(0))
  const points: Minute[] = [{ at: at(1), answered: 2 }, { at: at(2), answered: 6 }, { at: at(3), answered: 8 }]
  it('ends where the answers end, against everybody', () => {
    const curve = curveOf(points, start, 16)
    expect(curve?.top).toBe(16)
    expect(curve?.line.endsWith('100.00,50.00')).toBe(true)
    expect(halfAfter(points, start)).toBe(120_000)
  })
  it('does not lie on the ground while few have answered', () => {
    expect(curveOf([{ at: at(1), answered: 7 }], start, 10_000)?.top).toBe(10)
    expect([1, 12, 130, 4_400].map(topOf)).toEqual([4, 20, 200, 5_000])
  })
  it('is nothing before there is a point', () => {
    expect(curveOf([], start, 10)).toBeNull()
    expect(halfAfter([{ at: at(1), answered: 0 }], start)).toBeNull()
  })
})

describe('the two gestures', () => {
  const prepared: Prepared = {
    intent: 'i', plan: { id: 'p', name: 'Intrusion on the site' }, site: { id: 's', name: 'Campus' }, version: 5, drill: false, people: 212, at_once: 184, channels: ['app', 'sms'],
    devices: 2, services: 1, waits: true, good_until: at(0, 30), digest: 'd',
  }
  const said = (more: Partial<Prepared> = {}): string => prospectOf({ ...prepared, ...more }).map((one) => one.text).join(' ')

  it('say in words what is about to happen, and name it on the button', () => {
    expect(said()).toContain('212 people are told by app and SMS. 184 of them at once, the others as the plan goes on.')
    expect(said()).toContain('What locks a door waits for your verification.')
    expect(said()).toContain('It is real')
    expect(startWords(prepared)).toBe('Start “Intrusion on the site” for 212 people')
    expect(startWords({ ...prepared, drill: true, people: 1 })).toBe('Start the exercise “Intrusion on the site” for 1 person')
  })
  it('do not promise a verification where there is none to wait for', () => {
    expect(said({ waits: false })).not.toContain('verification')
    expect(said({ waits: false })).toContain('without asking again')
  })
  it('say of a drill that it is one, and of nobody that it is nobody', () => {
    expect(said({ drill: true })).toContain('It is an exercise')
    expect(said({ people: 0, channels: [] })).toContain('nobody is told anything')
  })
  it('hold as long as the server says, on a clock that may be wrong', () => {
    const received = Date.parse(at(0))
    expect(goodUntil(prepared, received)).toBe(Date.parse(at(0, 30)))
    // A computer that is ten minutes ahead, or behind, starts plans all the same.
    expect(goodUntil(prepared, received + 600_000)).toBe(received + 600_000 + GOOD_FOR)
    expect(goodUntil(prepared, received - 600_000)).toBe(received - 600_000 + GOOD_FOR)
  })
})

describe('a further message', () => {
  const draft = (more: Partial<MessageDraft> = {}): MessageDraft => ({ words: { en: 'Stay {calm}', fr: 'Restez calmes' }, channels: ['sms'], offer: 'none', whom: 'everybody', picked: [], ...more })
  it('is written in every language, by some way, to somebody', () => {
    expect(missing(draft(), ['en', 'fr'])).toBeNull()
    expect(missing(draft({ words: { en: 'x', fr: ' ' } }), ['en', 'fr'])).toBe('words')
    expect(missing(draft({ channels: [] }), ['en'])).toBe('channels')
    expect(missing(draft({ whom: 'chosen' }), ['en'])).toBe('people')
  })
  it('is no template: braces are braces', () => {
    expect(literal(' Gate {2} ')).toBe('Gate {{2}}')
    expect(toSend(draft(), ['en', 'fr'])).toMatchObject({ words: { en: { text: 'Stay {{calm}}' } }, to: null, choices: [] })
  })
  it('goes to chosen people only, with the answers it offers', () => {
    const sent = toSend(draft({ whom: 'chosen', picked: [{ id: 'a', name: 'A' }], offer: 'safe' }), ['en'])
    expect(sent.to).toEqual({ groups: [{ kind: 'people', people: ['a'] }] })
    expect(sent.choices?.map((one) => one['kind'])).toEqual(['safe', 'help'])
    expect(Object.keys(sent.words)).toEqual(['en'])
  })
})

describe('what happened', () => {
  const line = (kind: ActivationLine['kind'], more: Partial<ActivationLine> = {}): ActivationLine => ({ id: 1, at: at(1), kind, member: null, step: null, person: null, details: {}, text: '', ...more })
  const kinds: ActivationLine['kind'][] = ['asked', 'started', 'dropped', 'verified', 'step_began', 'step_done', 'step_skipped', 'step_held', 'step_released', 'step_failed', 'fell_back', 'told', 'spoken', 'help', 'help_taken', 'help_closed', 'task', 'command', 'note', 'stood_down']

  it.each(['en', 'fr'])('has a sentence for every kind in %s', async (language) => {
    await speak(language)
    const all = kinds.map((kind) => lineSentence(line(kind, { step: 'a', person: 'Ana' }), [step('a', { name: 'Doors' })], () => ''))
    expect(new Set(all).size).toBe(kinds.length)
    for (const text of all) expect(text).not.toMatch(/[{}]|crisis\./)
  })
  it('tells numbers, people and how it was verified', () => {
    expect(lineSentence(line('told', { step: 'a', details: { people: 1 } }), [step('a')], () => '')).toBe('“a”: 1 person is told')
    expect(lineSentence(line('verified', { details: { how: 'live' } }), [], () => '')).toBe('Verified on the live picture')
    expect(lineSentence(line('command', { details: { director: 'x', deputy: null } }), [], (id) => (id === 'x' ? 'Ana' : ''))).toBe('handed over: Ana directs.')
    expect(lineSentence(line('help', { person: 'Ana', details: { calls: 3 } }), [], () => '')).toBe('Ana calls for help again, 3 times now')
    expect(lineSentence(line('note', { text: 'Gate is open.' }), [], () => '')).toBe('Gate is open.')
    expect(lineSentence(line('note'), [], () => '')).toBe('(these words were erased)')
  })
  it('is one list, the latest first, each line once and as it was read last', () => {
    const list = joined([line('note', { id: 2, text: 'b' }), line('note', { id: 1 })], [line('note', { id: 3 }), line('note', { id: 2, text: '' })])
    expect(list.map((one) => [one.id, one.text])).toEqual([[3, ''], [2, ''], [1, '']])
  })
  it('of a delivery is said by its channel', () => {
    expect(deliveryWords({ channel: 'sms', state: 'delivered', failure: '', at: at(4) })).toBe('SMS: arrived 10:04:00')
    expect(deliveryWords({ channel: 'voice', state: 'failed', failure: 'no_answer', at: null })).toBe('Voice call: failed, nobody picked up')
    expect(deliveryWords({ channel: 'voice', state: 'failed', failure: 'of_tomorrow', at: null })).toBe('Voice call: failed, for an unknown reason')
  })
  it('of those that are over is asked by their kind', () => {
    expect(queryOf('drills')).toContain('drill=true')
    expect(queryOf('real')).toContain('drill=false')
    expect(queryOf('all')).not.toContain('drill')
  })
})

describe('reading again', () => {
  /** Requests that are answered when the test says so. */
  function peer() {
    const asked: { answer: (value: number) => void; signal: AbortSignal }[] = []
    const read: number[] = []
    const calm = new Calm<number>({
      ask: (signal) => new Promise((resolve) => asked.push({ answer: resolve, signal })),
      onRead: (value) => read.push(value),
      onTrouble: () => read.push(-1),
      clock: () => Date.now(),
    })
    return { asked, read, calm }
  }
  beforeEach(() => {
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  it('is one request in flight and one a second, however many answers come', async () => {
    const { asked, read, calm } = peer()
    void calm.now()
    for (let answer = 0; answer < 10_000; answer += 1) calm.soon()
    expect(asked.length).toBe(1)
    asked[0]?.answer(1)
    await vi.advanceTimersByTimeAsync(999)
    for (let answer = 0; answer < 10_000; answer += 1) calm.soon()
    expect(asked.length).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(asked.length).toBe(2)
    asked[1]?.answer(2)
    await vi.advanceTimersByTimeAsync(5_000)
    expect([asked.length, read]).toEqual([2, [1, 2]])
  })
  it('does not show what was asked for before an own decision', async () => {
    const { asked, read, calm } = peer()
    void calm.now()
    calm.overtake()
    expect(asked[0]?.signal.aborted).toBe(true)
    asked[0]?.answer(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked.length).toBe(2)
    asked[1]?.answer(2)
    await vi.advanceTimersByTimeAsync(0)
    expect(read).toEqual([2])
  })
  it('is over when the screen is left', async () => {
    const { asked, read, calm } = peer()
    void calm.now()
    calm.stop()
    asked[0]?.answer(1)
    calm.soon()
    await vi.advanceTimersByTimeAsync(5_000)
    expect([asked.length, read]).toEqual([1, []])
  })
})
