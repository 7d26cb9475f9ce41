import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Script } from '../src/api/devices'
import { DEEPEST, draftOf, inputOf, isSame, LONGEST_S, MOST_BRANCHES, MOST_SECONDS, MOST_STEPS, newStep, type StepDraft } from '../src/devices/script-draft'
import { faultsOf, faultsSince, placeOf, saidOf, stillWrong } from '../src/devices/script-faults'
import { canMove, changed, countOf, depthOf, find, fits, labelsOf, letterOf, longestOf, moved, neighbourOf, TOP, walk, withAt, without } from '../src/devices/script-tree'

const set = (device: string) => ({ do: 'set', device, state: 'on', limit_s: 20, otherwise: 'go_on' })
const DOCUMENT = {
  steps: [
    set('a'),
    { do: 'if', device: 'b', state: 'on', limit_s: 10, otherwise: 'stop', then: [set('c')], else: [{ do: 'stop' }] },
    { do: 'parallel', branches: [[], [set('d'), { do: 'wait', seconds: 90 }]] },
    { do: 'wait_for', device: 'e', state: 'on', limit_s: 60, otherwise: 'ask' },
  ],
}
const saved = { name: 'Close', site: null, mode: 'queued', document: DOCUMENT } as unknown as Script
const tree = (): StepDraft[] => draftOf(saved, '').steps
/** The tree in letters: `w1 p[x|y] w2`. */
const drawn = (steps: readonly StepDraft[]): string => steps.map((step) => (step.ways.length === 0 ? step.key : `${step.key}[${step.ways.map(drawn).join('|')}]`)).join(' ')
const wait = (key: string): StepDraft => newStep('wait', key)
const block = (key: string, ...ways: StepDraft[][]): StepDraft => ({ ...newStep('parallel', key), ways })

describe('a script’s draft', () => {
  it('comes back as it was saved', () => {
    expect(inputOf(draftOf(saved, 'elsewhere'))).toEqual({ name: 'Close', site: null, mode: 'queued', document: DOCUMENT })
    const keys = [...walk(tree())].map((step) => step.key)
    expect(new Set(keys).size).toBe(8)
    expect(draftOf(null, 'here')).toEqual({ name: '', site: 'here', mode: 'single', steps: [] })
  })

  it('sends what was not filled in as it is, for the server to say what is wrong', () => {
    const typed = (seconds: string) => inputOf({ ...draftOf(null, 's'), steps: [{ ...wait('w'), seconds }] }).document['steps']
    expect(typed(' 90 ')).toEqual([{ do: 'wait', seconds: 90 }])
    expect(typed('for ever')).toEqual([{ do: 'wait', seconds: 'for ever' }])
    expect(typed('1.5')).toEqual([{ do: 'wait', seconds: '1.5' }])
    expect(typed('')).toEqual([{ do: 'wait' }])
    expect(inputOf({ ...draftOf(null, ''), steps: [newStep('set', 'x')] })).toEqual({ name: '', site: null, mode: 'single', document: { steps: [{ do: 'set', device: '', limit_s: 10, otherwise: 'ask' }] } })
  })

  it('is the same whatever its steps are called on the page', () => {
    const draft = draftOf(saved, '')
    expect(isSame(draft, { ...draft, steps: draft.steps.map((step) => ({ ...step, key: `other ${step.key}` })) })).toBe(true)
    expect(isSame(draft, { ...draft, steps: moved(draft.steps, '0', 1) as StepDraft[] })).toBe(false)
  })

  it('knows the server’s limits', () => {
    const source = readFileSync(new URL('../../crisis/devices/document.py', import.meta.url), 'utf8')
    const limit = (name: string): number => Number(new RegExp(`^${name}: Final = (\\d+)$`, 'm').exec(source)?.[1])
    expect([LONGEST_S, MOST_STEPS, MOST_BRANCHES, DEEPEST]).toEqual(['LONGEST_S', 'MOST_STEPS', 'MOST_BRANCHES', 'DEEPEST'].map(limit))
    expect(MOST_SECONDS).toEqual({ set: limit('LONGEST_SET_S'), if: limit('LONGEST_SET_S'), wait: limit('LONGEST_WAIT_S'), wait_for: limit('LONGEST_LIMIT_S') })
  })
})

describe('the tree of steps', () => {
  it('names each step by its place', () => {
    expect([...labelsOf(tree()).entries()]).toEqual([['0', '1'], ['1', '2'], ['1.0.0', '2a.1'], ['1.1.0', '2b.1'], ['2', '3'], ['2.1.0', '3b.1'], ['2.1.1', '3b.2'], ['3', '4']])
    expect([letterOf(0), letterOf(19), letterOf(30)]).toEqual(['a', 't', '31'])
  })

  it('takes steps in and out at any depth, and leaves the tree it was as it was', () => {
    const before = tree()
    const shown = JSON.stringify(before)
    const more = withAt(before, { parent: '2', way: 0, index: 0 }, wait('new'))
    expect(labelsOf(more).get('new')).toBe('3a.1')
    expect(labelsOf(withAt(before, { ...TOP, index: 1 }, wait('new'))).get('new')).toBe('2')
    expect(find(changed(more, 'new', (step) => ({ ...step, seconds: '5' })), 'new')?.seconds).toBe('5')
    expect(countOf(without(more, '2'))).toBe(5)
    expect(drawn(without(more, 'new'))).toBe(drawn(before))
    expect(JSON.stringify(before)).toBe(shown)
  })

  it('moves a step line by line, into ways and out of them', () => {
    let steps: readonly StepDraft[] = [wait('x'), block('p', [wait('a')], []), wait('z')]
    const seen: string[] = []
    for (let at = 0; at < 6; at++) seen.push(drawn((steps = moved(steps, 'x', 1))))
    expect(seen).toEqual(['p[x a|] z', 'p[a x|] z', 'p[a|x] z', 'p[a|] x z', 'p[a|] z x', 'p[a|] z x'])
    expect(canMove(steps, 'x', 1)).toBe(false)
    const back: string[] = []
    for (let at = 0; at < 6; at++) back.push(drawn((steps = moved(steps, 'x', -1))))
    expect(back).toEqual(['p[a|] x z', 'p[a|x] z', 'p[a x|] z', 'p[x a|] z', 'x p[a|] z', 'x p[a|] z'])
    expect([canMove(steps, 'x', -1), canMove(steps, 'x', 1), canMove(steps, 'a', -1), canMove(steps, 'a', 1)]).toEqual([false, true, true, true])
    expect(moved(steps, 'nobody', 1)).toBe(steps)
  })

  it('goes on beside a step that is taken out, else around it', () => {
    const steps = [wait('x'), block('p', [wait('a'), wait('b')], [wait('c')])]
    expect(['x', 'p', 'a', 'b', 'c'].map((key) => neighbourOf(steps, key))).toEqual(['p', 'x', 'b', 'a', 'p'])
    expect(neighbourOf([wait('x')], 'x')).toBeNull()
  })

  it('never moves a step deeper than is allowed: it goes past', () => {
    const deep = block('1', [block('2', [block('3', [block('4', [])])])])
    expect([depthOf([deep]), fits(wait('w'), 5), fits(wait('w'), 6), fits(newStep('if', 'i'), 4), fits(newStep('if', 'i'), 5)]).toEqual([5, true, false, true, false])
    expect(drawn(moved([wait('w'), deep], 'w', 1))).toBe('1[w 2[3[4[]]]]')
    // With ways of its own it has no room beside 3 and 4.
    let steps: readonly StepDraft[] = [block('b', [wait('w')]), deep]
    const seen: string[] = []
    for (let at = 0; at < 8; at++) seen.push(drawn((steps = moved(steps, 'b', 1))))
    expect(seen.every((one) => !one.includes('4[b'))).toBe(true)
    expect(seen.at(-1)).toBe('1[2[3[4[]]]] b[w]')
    expect(depthOf(steps)).toBe(5)
  })

  it('adds waits and limits together as the server does: ways at once last as long as the longest', () => {
    expect(longestOf(tree())).toBe(20 + (10 + 20) + (20 + 90) + 60)
    expect(longestOf([{ ...wait('w'), seconds: 'for ever' }, { ...wait('v'), seconds: '' }])).toBe(0)
  })
})

describe('what the server found wrong', () => {
  it('stands at its step, in both ways in which the server names places', () => {
    const steps = tree()
    expect(placeOf(steps, 'steps.2.branches.1.1.seconds')).toEqual({ step: '2.1.1', field: 'seconds' })
    expect(placeOf(steps, 'steps.2.1.0.device')).toEqual({ step: '2.1.0', field: 'device' })
    expect(placeOf(steps, '1.then.0.state')).toEqual({ step: '1.0.0', field: 'state' })
    expect(placeOf(steps, 'steps.1.else.0.do')).toEqual({ step: '1.1.0', field: '' })
    expect(placeOf(steps, 'steps.3.limit_s')).toEqual({ step: '3', field: 'seconds' })
    expect(placeOf(steps, 'steps.2.branches')).toEqual({ step: '2', field: '' })
    expect(placeOf(steps, 'steps')).toEqual({ step: '', field: '' })
    // What is not there belongs to the last that is.
    expect(placeOf(steps, 'steps.2.1.7.device')).toEqual({ step: '2', field: '' })
    expect(placeOf(steps, 'steps.9.device')).toEqual({ step: '', field: '' })
  })

  it('is taken from a refusal, and from what has come to it since', () => {
    const faults = faultsOf(tree(), { name: 'Taken.', 'steps.0.device': 'No such device.', steps: 'Too slow.' })
    expect(faults).toEqual([{ step: '0', field: 'device', sentence: 'No such device.' }, { step: '', field: '', sentence: 'Too slow.' }])
    expect([saidOf(faults, '0', 'device'), saidOf(faults, '0', 'state'), saidOf(faults, '', '')]).toEqual(['No such device.', '', 'Too slow.'])
    expect(faultsSince(tree(), [{ path: '2.1.0.device', sentence: 'Gone.' }])).toEqual([{ step: '2.1.0', field: 'device', sentence: 'Gone.' }])
  })

  it('goes when that is changed, and stays elsewhere', () => {
    const faults = faultsOf(tree(), { 'steps.0.device': 'a', 'steps.0.state': 'b', 'steps.0.limit_s': 'c', 'steps.3.state': 'd', steps: 'e' })
    const left = (...touched: Parameters<typeof stillWrong>[2]) => stillWrong(faults, '0', touched).map((one) => one.sentence)
    expect(left('state')).toEqual(['a', 'c', 'd'])
    expect(left('device')).toEqual(['c', 'd'])
    expect(left('seconds')).toEqual(['a', 'b', 'd'])
  })
})
