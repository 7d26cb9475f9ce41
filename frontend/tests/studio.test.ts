import { describe, expect, it } from 'vitest'
import type { Corner } from '../src/api/types'
import { emptyCamera, inputOf } from '../src/studio/cameras/camera-draft'
import { addCorner, forwardArrow, moveCorner, moveShape, removeCorner } from '../src/studio/drawing/shapes'

const square: Corner[] = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]

describe('shapes', () => {
  it('stay inside the picture', () => {
    expect(moveCorner(square, 0, [-1, 0.5])[0]).toEqual([0, 0.5])
    const moved = moveShape(square, [0.9, -0.9])
    expect(moved.map(([x]) => x)).toEqual([0.4, 1, 1, 0.4].map((x) => expect.closeTo(x, 6)))
    expect(Math.min(...moved.map(([, y]) => y))).toBeCloseTo(0)
  })

  it('gain corners in the middle of a side and keep at least three', () => {
    expect(addCorner(square, 3)).toEqual([...square, [0.2, 0.5]])
    expect(removeCorner(square, 0)).toHaveLength(3)
    expect(removeCorner(removeCorner(square, 0), 0)).toHaveLength(3)
  })

  it('show forward as from left to right, seen from the start', () => {
    // Walking east on a picture, the right hand points down.
    const { from, to } = forwardArrow([[0.2, 0.5], [0.8, 0.5]], 1)
    expect(from).toEqual([0.5, 0.5])
    expect(to[0]).toBeCloseTo(0.5)
    expect(to[1]).toBeGreaterThan(0.5)
  })
})

describe('a camera that is sent', () => {
  it('carries credentials only when they were entered', () => {
    const draft = emptyCamera('site')
    expect(inputOf(draft)).not.toHaveProperty('password')
    expect(inputOf({ ...draft, user_name: 'a', password: 'b' })).toMatchObject({ user_name: 'a', password: 'b' })
  })
  it('has no date rather than an empty one', () => expect(inputOf({ ...emptyCamera('site'), authorised_until: '' }).authorised_until).toBeNull())
})
