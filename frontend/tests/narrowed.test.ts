import { describe, expect, it } from 'vitest'
import { askedFor, narrowed } from '../src/console/narrowed'

const ALL = [{ id: 'a', site: 'x' }, { id: 'b', site: 'y' }, { id: 'c', site: 'x' }]
const shown = (site: string | null, cameras: string | null): string[] => narrowed(ALL, askedFor(site, cameras)).map(({ id }) => id)

describe('a link to the wall', () => {
  it('shows all cameras, those of a site, or exactly these in their order', () => {
    expect(shown(null, null)).toEqual(['a', 'b', 'c'])
    expect(shown('x', null)).toEqual(['a', 'c'])
    expect(shown(null, 'c,b')).toEqual(['c', 'b'])
    expect(shown('y', 'a')).toEqual(['a']) // what is named one by one is meant so
    expect(shown(null, '')).toEqual(['a', 'b', 'c'])
  })

  it('shows nothing of what is not within reach', () => {
    expect(shown('elsewhere', null)).toEqual([])
    expect(shown(null, 'gone,b')).toEqual(['b'])
  })
})
