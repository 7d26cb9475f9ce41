import { describe, expect, it } from 'vitest'
import type { FloorPlan, PlacedCamera } from '../src/api/places'
import { PlanEditing } from '../src/plans/editing.svelte'
import { ahead, camerasOf, centre, conePath, directionTo, freshCamera, isInside, moved, normal, planShown, turned, wallOf } from '../src/plans/geometry'

const SQUARE: [number, number][] = [[0.2, 0.2], [0.6, 0.2], [0.6, 0.6], [0.2, 0.6]]
const camera = (more: Partial<PlacedCamera> = {}): PlacedCamera => ({ camera: 'a', x: 0.5, y: 0.5, direction: 0, field_of_view: 80, reach: 0.2, ...more })
const plan = (more: Partial<FloorPlan> = {}): FloorPlan => ({ id: 'p', site: 's', name: 'Ground', level: 0, width: 100, height: 80, sha256: 'x', version: 3, cameras: [camera()], areas: [], ...more })

describe('directions', () => {
  it('are clockwise from the top of the picture', () => {
    expect([[5, 0], [10, 5], [5, 10], [0, 5]].map(([x = 0, y = 0]) => directionTo([5, 5], [x, y]))).toEqual([0, 90, 180, 270])
    for (const degrees of [0, 37, 90, 181, 359]) expect(directionTo([0, 0], ahead([0, 0], degrees, 50))).toBe(degrees)
  })

  it('stay between 0 and 360', () => {
    expect([normal(-90), normal(360), normal(725)]).toEqual([270, 0, 5])
    expect(turned(camera({ direction: 355 }), 10).direction).toBe(5)
  })

  it('make a slice, a large slice or a circle', () => {
    expect(conePath([0, 0], 90, 90, 10)).toBe('M0 0L7.1 -7.1A10 10 0 0 1 7.1 7.1Z')
    expect(conePath([0, 0], 0, 200, 10)).toContain(' 0 1 1 ')
    expect(conePath([0, 0], 0, 360, 10).match(/A/g)).toHaveLength(2)
  })
})

describe('what is placed', () => {
  it('stays on the picture, however far it is pulled', () => {
    expect(moved(camera(), [9, -9])).toMatchObject({ x: 1, y: 0 })
    expect(freshCamera('a', [-1, 0.25])).toMatchObject({ x: 0, y: 0.25 })
  })

  it('knows its middle and what lies inside', () => {
    expect(centre(SQUARE).map((value) => Math.round(value * 100) / 100)).toEqual([0.4, 0.4])
    expect(centre([[0.1, 0.1], [0.1, 0.1], [0.1, 0.1]])).toEqual([0.1, 0.1])
    expect(isInside([0.3, 0.5], SQUARE)).toBe(true)
    expect(isInside([0.7, 0.5], SQUARE)).toBe(false)
  })

  it('belongs to an area by its place or by the zone', () => {
    const placed = [camera(), camera({ camera: 'b', x: 0.9 }), camera({ camera: 'c', x: 0.95 })]
    expect(camerasOf({ name: 'Yard', polygon: SQUARE, zone: 'z' }, placed, 'c')).toEqual(['a', 'c'])
    expect(wallOf(['a', 'c'])).toBe('/?cameras=a,c')
  })
})

describe('the plan that is shown', () => {
  const levels = [plan({ id: 'basement', level: -1 }), plan({ id: 'first', level: 1 }), plan({ id: 'roof', level: 4 })]

  it('is the one of the address, else the one nearest to the ground', () => {
    expect(planShown(levels, 'roof')?.id).toBe('roof')
    expect(planShown(levels, 'gone')?.id).toBe('first')
    expect(planShown([], null)).toBeNull()
  })
})

describe('editing', () => {
  it('undoes a drag as one, and does it again', () => {
    const editing = new PlanEditing(plan())
    expect([editing.dirty, editing.canUndo]).toEqual([false, false])
    for (const x of [0.51, 0.52, 0.53]) editing.changeCamera(camera({ x }), 'move a')
    editing.endGroup()
    editing.changeCamera(camera({ x: 0.6 }), 'move a')
    editing.undo()
    expect(editing.now.cameras[0]?.x).toBe(0.53)
    editing.undo()
    expect(editing.now.cameras[0]?.x).toBe(0.5)
    expect([editing.dirty, editing.canUndo, editing.canRedo]).toEqual([false, false, true])
    editing.redo()
    editing.redo()
    expect(editing.now.cameras[0]?.x).toBe(0.6)
    editing.undo()
    editing.change({ name: 'Other' })
    expect(editing.canRedo).toBe(false)
    editing.redo()
    expect(editing.now).toMatchObject({ name: 'Other', cameras: [{ x: 0.53 }] })
  })

  it('knows the version it began with', () => {
    expect(new PlanEditing(plan()).version).toBe(3)
  })
})
