import { describe, expect, it } from 'vitest'
import { GROUPS, hereOf, ownGroups, rowOf, type Place } from '../src/shell/places'

const every = GROUPS.flatMap((group) => group.places)
const here = (path: string): string | undefined => hereOf(every, path)?.href
const hrefs = (places: readonly Place[]): string[] => places.map((place) => place.href)

describe('where one is', () => {
  it('is one place, the nearest', () => {
    expect(here('/crisis')).toBe('/crisis')
    expect(here('/crisis/activations/1')).toBe('/crisis')
    expect(here('/crisis/devices')).toBe('/crisis/devices')
    expect(here('/crisis/devices/scripts/1')).toBe('/crisis/devices')
    expect(here('/crisis/plans/1/binder')).toBe('/crisis/plans')
  })
  it('is nowhere on a page that no place leads to', () => {
    expect(here('/profile')).toBeUndefined()
    expect(here('/alerting')).toBeUndefined()
  })
})

describe('rooms in a row', () => {
  it('are those beside one place of the rail, whichever one stands in', () => {
    const row = ['/crisis/plans', '/crisis/audits', '/crisis/entrances', '/crisis/pcs']
    expect(hrefs(rowOf(every, hereOf(every, '/crisis/plans')))).toEqual(row)
    expect(hrefs(rowOf(every, hereOf(every, '/crisis/audits/1')))).toEqual(row)
    expect(rowOf(every, hereOf(every, '/alerts'))).toEqual([])
    expect(rowOf(every, undefined)).toEqual([])
  })
  it('stand in the rail where the place that leads to them is not for somebody', () => {
    const places = ownGroups((right) => right === 'see_on_call').flatMap((group) => group.places)
    expect(places.find((place) => place.href === '/people/on-call')?.beside).toBeUndefined()
    const both = ownGroups((right) => right === 'see_on_call' || right === 'see_directory').flatMap((group) => group.places)
    expect(both.find((place) => place.href === '/people/on-call')?.beside).toBe('/people/directory')
  })
})
