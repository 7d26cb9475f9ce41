import { describe, expect, it } from 'vitest'
import { bring, mostLoans, shownWith, type Loan, type Moment, type Waiting } from '../src/console/forward'
import { layoutOf, ordered, presetOf, swapped, towards, type Box } from '../src/console/layout'
import { countsOf, fitted, TrackBuffer } from '../src/live/tracks'
import type { TrackBox } from '../src/live/protocol'

describe('the layout', () => {
  it.each([[1, '1'], [2, '4'], [4, '4'], [5, '9'], [9, '9'], [10, '16'], [40, '16']])('of %d cameras is %s without a wish', (cameras, preset) =>
    expect(layoutOf(cameras, null, null).preset).toBe(preset))

  it('keeps to pages there are', () => {
    expect(layoutOf(10, '4', '3')).toMatchObject({ page: 3, pages: 3, first: 8, size: 4 })
    expect(layoutOf(10, '4', '99')).toMatchObject({ page: 3 })
    expect(layoutOf(10, '4', '-1')).toMatchObject({ page: 1, first: 0 })
    expect(layoutOf(10, '4', 'x')).toMatchObject({ page: 1 })
    expect(layoutOf(0, '9', '2')).toMatchObject({ page: 1, pages: 1, first: 0 })
    expect(layoutOf(7, '1+5', '2')).toMatchObject({ size: 6, columns: 3, large: 2, first: 6 })
  })

  it('knows a preset whose plus became a space in the address, and no other', () => {
    expect(presetOf('1 5')).toBe('1+5')
    expect(presetOf('5')).toBeNull()
    expect(layoutOf(3, '5', null).preset).toBe('4')
  })

  it('keeps an order, with cameras that are new behind it and those that are gone left out', () => {
    const cameras = ['a', 'b', 'c', 'd'].map((id) => ({ id }))
    expect(ordered(cameras, ['c', 'gone', 'a']).map(({ id }) => id)).toEqual(['c', 'a', 'b', 'd'])
    expect(swapped(['a', 'b', 'c'], 'a', 'c')).toEqual(['c', 'b', 'a'])
  })
})

describe('an arrow', () => {
  const square = (columns: number, count: number): Box[] => Array.from({ length: count }, (_, at) => ({ left: (at % columns) * 110, top: Math.floor(at / columns) * 85, width: 100, height: 75 }))

  it('leads to the tile beside, and nowhere at the edge', () => {
    const nine = square(3, 9)
    expect((['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] as const).map((arrow) => towards(nine, 4, arrow))).toEqual([3, 5, 1, 7])
    expect((['ArrowLeft', 'ArrowUp'] as const).map((arrow) => towards(nine, 0, arrow))).toEqual([0, 0])
    expect(towards(nine, 2, 'ArrowRight')).toBe(2)
  })

  it('finds its way around a large tile', () => {
    const large: Box = { left: 0, top: 0, width: 210, height: 160 }
    const around: Box[] = [large, { left: 220, top: 0, width: 100, height: 75 }, { left: 220, top: 85, width: 100, height: 75 }, { left: 0, top: 170, width: 100, height: 75 }, { left: 110, top: 170, width: 100, height: 75 }, { left: 220, top: 170, width: 100, height: 75 }]
    expect(towards(around, 0, 'ArrowRight')).toBe(1)
    expect(towards(around, 2, 'ArrowLeft')).toBe(0)
    expect(towards(around, 0, 'ArrowDown')).toBe(3)
    expect(towards(around, 4, 'ArrowUp')).toBe(0)
    expect(towards(around, 5, 'ArrowUp')).toBe(2)
  })
})

describe('an alert of a camera that is not on the page', () => {
  const wait = (camera: string, severity = 2, at = 0): Waiting => ({ camera, alert: `alert of ${camera}`, severity, at })
  const moment = (change: Partial<Moment> = {}): Moment => ({ slots: ['a', 'b', 'c', 'd'], waiting: [], inUse: new Set(), lastUsed: new Map(), ...change })
  const shown = (loans: readonly Loan[], at: Moment): string[] => shownWith(loans, at.slots)

  it('brings it forward in place of the tile that is least in use, the last one when none was used', () => {
    const at = moment({ waiting: [wait('x')] })
    expect(shown(bring([], at), at)).toEqual(['a', 'b', 'c', 'x'])
    const used = moment({ waiting: [wait('x')], lastUsed: new Map([['d', 30], ['c', 20], ['b', 10], ['a', 40]]) })
    expect(shown(bring([], used), used)).toEqual(['a', 'x', 'c', 'd'])
  })

  it('never takes the tile in use, nor one with an alert of its own', () => {
    const at = moment({ waiting: [wait('x'), wait('c')], inUse: new Set(['d']) })
    expect(shown(bring([], at), at)).toEqual(['a', 'x', 'c', 'd'])
    const all = moment({ waiting: [wait('x'), ...['a', 'b', 'c', 'd'].map((id) => wait(id))] })
    expect(bring([], all)).toEqual([])
    const one = moment({ slots: ['a'], waiting: [wait('x', 4)], inUse: new Set(['a']) })
    expect(bring([], one)).toEqual([])
  })

  it('goes back when it is taken, unless somebody looks at it then', () => {
    const loans = bring([], moment({ waiting: [wait('x')] }))
    const looked = bring(loans, moment({ inUse: new Set(['x']) }))
    expect(looked).toBe(loans)
    expect(bring(looked, moment())).toEqual([])
  })

  it('gives the place back to a camera that has an alert itself', () => {
    const loans = bring([], moment({ waiting: [wait('x')] }))
    const at = moment({ waiting: [wait('x'), wait('d')] })
    expect(shown(bring(loans, at), at)).toEqual(['a', 'b', 'x', 'd'])
  })

  it('stays where it is when more come, and no more than a third of the page is lent', () => {
    const nine = { slots: [...'abcdefghi'] }
    const first = bring([], moment({ ...nine, waiting: [wait('x')] }))
    const at = moment({ ...nine, waiting: [wait('x'), wait('y', 3), wait('z', 2), wait('q', 1)] })
    const loans = bring(first, at)
    expect(shown(loans, at)).toEqual([...'abcdef', 'z', 'y', 'x'])
    expect(bring(loans, at)).toBe(loans)
    expect([1, 4, 6, 9, 16].map(mostLoans)).toEqual([1, 1, 2, 3, 5])
  })

  it('makes room for a graver one only in place of a lesser one that nobody looks at', () => {
    const loans = bring([], moment({ waiting: [wait('x', 2)] }))
    const graver = moment({ waiting: [wait('x', 2), wait('y', 4)] })
    expect(shown(bring(loans, graver), graver)).toEqual(['a', 'b', 'c', 'y'])
    const looked = moment({ ...graver, inUse: new Set(['x']) })
    expect(bring(loans, looked)).toBe(loans)
    const same = moment({ waiting: [wait('x', 2), wait('y', 2)] })
    expect(bring(loans, same)).toBe(loans)
  })

  it('is no matter once the page shows the camera itself', () => {
    const loans = bring([], moment({ waiting: [wait('x')] }))
    const turned = moment({ slots: ['x', 'y'], waiting: [wait('x')] })
    expect(bring(loans, turned)).toEqual([])
  })
})

describe('boxes', () => {
  const box = (label: string, number = 1): TrackBox => ({ number, label, box: [0, 0, 1, 1], zones: [], fired: false })

  it('are those of the picture that is drawn, or a moment before it, and none when they are old', () => {
    const buffer = new TrackBuffer()
    const [first, second] = [[box('person')], [box('car')]]
    buffer.put({ camera: 'c', at: 1_000, boxes: first })
    buffer.put({ camera: 'c', at: 1_200, boxes: second })
    expect(buffer.at(1_000.4)).toBe(first)
    expect(buffer.at(1_100)).toBe(first)
    expect(buffer.at(1_199.5)).toBe(second)
    expect(buffer.at(1_800)).toBe(second)
    expect(buffer.at(2_000)).toEqual([])
    expect(buffer.at(900)).toEqual([])
    buffer.clear()
    expect(buffer.at(1_200)).toEqual([])
  })

  it('are counted by class, people first', () => {
    expect(countsOf([box('car'), box('bus'), box('car'), box('person')])).toEqual([{ label: 'person', count: 1 }, { label: 'car', count: 2 }, { label: 'bus', count: 1 }])
  })

  it('lie where the picture lies', () => {
    expect(fitted({ width: 640, height: 272 }, { width: 320, height: 240 })).toEqual({ left: 0, top: 52, width: 320, height: 136 })
    expect(fitted({ width: 100, height: 200 }, { width: 300, height: 200 })).toEqual({ left: 100, top: 0, width: 100, height: 200 })
  })
})
