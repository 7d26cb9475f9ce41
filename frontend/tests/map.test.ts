import { describe, expect, it, vi } from 'vitest'
import { ringOf, ringsOf, townsOf } from '../src/map/base-map'
import { cluster } from '../src/map/cluster'
import { gridStep, namesShown } from '../src/map/draw'
import { degreesOf, lengthWords, project, rounded, scaleBar, scaleOf, unproject, viewFrom, viewText, WORLD, zoomOf } from '../src/map/mercator'
import { compareStandings, shapeOfStanding, standingOf } from '../src/map/standing'
import { seldom } from '../src/data/seldom'
import { boxOf, fitted, fromScreen, panned, toScreen, zoomed, type Point } from '../src/lib/view'
import { pairOf, placeOf } from '../src/studio/sites/site-draft'
import type { AlertPlace } from '../src/api/places'
import type { Camera } from '../src/api/types'

const SIZE = { width: 800, height: 600 }
const PARIS = { latitude: 48.8566, longitude: 2.3522 }
const close = (a: Point, b: Point): void => {
  expect(a[0]).toBeCloseTo(b[0], 6)
  expect(a[1]).toBeCloseTo(b[1], 6)
}

describe('the plane', () => {
  const view = { x: 0.5, y: 0.4, scale: 4096 }

  it('gives a point back that went to the screen', () => {
    for (const point of [[0, 0], [0.5, 0.4], [0.77, 0.1]] as Point[]) close(fromScreen(view, SIZE, toScreen(view, SIZE, point)), point)
  })

  it('keeps what is under the pointer in its place when enlarged', () => {
    const anchor: Point = [200, 450]
    const before = fromScreen(view, SIZE, anchor)
    close(fromScreen(zoomed(view, SIZE, 2.5, anchor, WORLD), SIZE, anchor), before)
  })

  it('goes no farther than its limits, however far it is pulled', () => {
    expect(panned(view, [1e9, -1e9], WORLD)).toMatchObject({ x: 0, y: 1 })
    expect(zoomed(view, SIZE, 1e9, [0, 0], WORLD).scale).toBe(WORLD.most)
    expect(zoomed(view, SIZE, 1e-9, [0, 0], WORLD).scale).toBe(WORLD.least)
  })

  it('shows all of a box, and a single point no closer than is asked', () => {
    const box = boxOf([[0.5, 0.35], [0.52, 0.36]])
    if (box === null) throw new Error('no box')
    const shown = fitted(box, SIZE, 50, WORLD)
    for (const [x, y] of [[0.5, 0.35], [0.52, 0.36]].map(([x = 0, y = 0]) => toScreen(shown, SIZE, [x, y]))) {
      expect(x).toBeGreaterThanOrEqual(49.9)
      expect(x).toBeLessThanOrEqual(750.1)
      expect(y).toBeGreaterThanOrEqual(49.9)
    }
    expect(fitted({ left: 0.5, right: 0.5, top: 0.3, bottom: 0.3 }, SIZE, 50, WORLD, 9999)).toEqual({ x: 0.5, y: 0.3, scale: 9999 })
    expect(boxOf([])).toBeNull()
  })
})

describe('places on earth', () => {
  it('come back from the map as they were', () => {
    for (const place of [PARIS, { latitude: -33.86, longitude: 151.2 }, { latitude: 0, longitude: -180 }]) {
      const back = unproject(project(place))
      expect(back.latitude).toBeCloseTo(place.latitude, 8)
      expect(back.longitude).toBeCloseTo(place.longitude, 8)
    }
    close(project({ latitude: 0, longitude: 0 }), [0.5, 0.5])
    expect(project({ latitude: 90, longitude: 0 })[1]).toBeCloseTo(0, 4)
  })

  it('have a round scale bar that fits and is true', () => {
    for (const zoom of [2, 5.3, 9, 13.7, 17]) {
      const { metres, pixels } = scaleBar(PARIS.latitude, scaleOf(zoom), 110)
      expect(pixels).toBeLessThanOrEqual(110)
      expect(pixels).toBeGreaterThan(40)
      expect(String(metres)).toMatch(/^[125]0*$/)
    }
    // A degree of longitude at the equator is 111.3 km.
    const { metres, pixels } = scaleBar(0, scaleOf(10), 110)
    expect(metres / pixels).toBeCloseTo(111_319.5 / (scaleOf(10) / 360), 0)
    expect(lengthWords(5000, 'en')).toBe('5 km')
    expect(lengthWords(200, 'fr')).toBe('200 m')
  })

  it('are read as people type them', () => {
    expect([degreesOf('45.5'), degreesOf(' -3,25 '), degreesOf('12°'), degreesOf(''), degreesOf('north'), degreesOf('1e3')]).toEqual([45.5, -3.25, 12, null, undefined, undefined])
    expect(pairOf('45.1885, 5.7245')).toEqual({ latitude: '45.1885', longitude: '5.7245' })
    expect(pairOf('45.1885,-5.7245')).toEqual({ latitude: '45.1885', longitude: '-5.7245' })
    expect(pairOf('45,1885 5,7245')).toEqual({ latitude: '45,1885', longitude: '5,7245' })
    expect(pairOf('45,1885')).toBeNull()
    expect(pairOf('45.1885')).toBeNull()
    expect(placeOf({ latitude: '91', longitude: '5' })).toBeNull()
    expect(placeOf({ latitude: '45', longitude: '' })).toBeNull()
    expect(rounded(45.188500000001)).toBe(45.1885)
  })

  it('stand in the address and are read from it, unless it is nonsense', () => {
    expect(viewFrom(viewText(PARIS, 12.34))).toEqual({ place: { latitude: 48.8566, longitude: 2.3522 }, zoom: 12.3 })
    for (const text of [null, '', '1,2', 'a,b,c', '95,0,3', '0,200,3']) expect(viewFrom(text)).toBeNull()
    expect(zoomOf(scaleOf(7.5))).toBeCloseTo(7.5, 9)
  })
})

describe('the ground', () => {
  it('goes on beyond the edge where land crosses the 180th meridian', () => {
    const ring = ringOf([[178, 10], [-178, 10], [-178, 12], [178, 12], [178, 10]])
    expect(ring.right - ring.left).toBeCloseTo(4 / 360, 9)
    expect(ring.right).toBeGreaterThan(1)
  })

  it('is closed below the map around a pole', () => {
    const ring = ringOf([[-180, -70], [-60, -70], [60, -70], [179, -70], [-180, -70]])
    expect(ring.bottom).toBeGreaterThan(1)
    expect(ring.right - ring.left).toBeCloseTo(1, 6)
  })

  it('is read from a topology', () => {
    const square = { type: 'Polygon' as const, arcs: [[0]] }
    const world = { type: 'Topology' as const, arcs: [[[0, 0], [10, 0], [10, 10], [0, 0]]], objects: { countries: { type: 'GeometryCollection' as const, geometries: [square, { type: 'MultiPolygon' as const, arcs: [[[0]], [[0]]] }] } } }
    expect(ringsOf(world)).toHaveLength(3)
  })

  it('names the largest towns first, none on another', () => {
    const towns = townsOf('Small|48857|2352|20\nLarge|48857|2350|2000').sort((a, b) => b.people - a.people)
    const [x, y] = project(PARIS)
    const shown = namesShown(towns, { x, y, scale: scaleOf(10) }, SIZE, (name) => name.length * 7)
    expect(shown.map(({ town }) => town.name)).toEqual(['Large'])
    expect(namesShown(towns, { x: 0.1, y: 0.1, scale: scaleOf(10) }, SIZE, () => 10)).toEqual([])
  })

  it('has lines that are never crowded', () => {
    for (let zoom = 1; zoom <= 17; zoom += 0.5) expect((gridStep(scaleOf(zoom)) / 360) * scaleOf(zoom)).toBeGreaterThan(zoom < 3 ? 20 : 109)
  })
})

describe('sites that lie on each other', () => {
  it('become one marker between them, and part when the map is enlarged', () => {
    const at = (scale: number): { at: Point; thing: string }[] => [['a', 0], ['b', 30], ['c', 400]].map(([thing, x]) => ({ thing: String(thing), at: [Number(x) * scale, 0] }))
    const grouped = cluster(at(1), [50, 40])
    expect(grouped.map(({ members }) => members)).toEqual([['a', 'b'], ['c']])
    expect(grouped[0]?.at).toEqual([15, 0])
    expect(cluster(at(4), [50, 40])).toHaveLength(3)
  })

  it('are not lost and not doubled, however they lie', () => {
    const many = Array.from({ length: 300 }, (_, thing) => ({ thing, at: [(thing * 37) % 500, (thing * 91) % 400] as Point }))
    expect(cluster(many, [60, 40]).flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual(many.map(({ thing }) => thing))
  })
})

describe('how a place stands', () => {
  const camera = (state: string, enabled = true): Camera => ({ id: 'c', enabled, status: { state } }) as Camera
  const alert = (more: Partial<AlertPlace>): AlertPlace => ({ site: 's', camera: 'c', zone: null, waiting: 1, taken: 0, alert: 'a', severity: 2, ...more })

  it('has what nobody has taken before what is worse but in hand', () => {
    const standing = standingOf([camera('live')], [alert({ waiting: 0, taken: 2, severity: 4, alert: 'taken' }), alert({ severity: 1, alert: 'open' })])
    expect(standing).toMatchObject({ waiting: 1, taken: 2, alert: 'open', severity: 1 })
    expect(shapeOfStanding(standing)).toBe('low')
  })

  it('is well only where every camera is live', () => {
    expect(shapeOfStanding(standingOf([camera('live'), camera('live')], []))).toBe('safe')
    for (const state of ['down', 'connecting', 'unwatched']) expect(shapeOfStanding(standingOf([camera('live'), camera(state)], []))).toBe('unknown')
    expect(shapeOfStanding(standingOf([camera('live', false)], []))).toBe('unknown')
    expect(shapeOfStanding(standingOf([], []))).toBe('unknown')
  })

  it('orders a list: what waits, what is in hand, what is not live, then the name', () => {
    const made = (name: string, cameras: Camera[], places: AlertPlace[]) => ({ name, ...standingOf(cameras, places) })
    const rows = [made('Well', [camera('live')], []), made('Down', [camera('down')], []), made('Taken', [], [alert({ waiting: 0, taken: 1, severity: 4 })]), made('Low', [], [alert({ severity: 1 })]), made('High', [], [alert({ severity: 3 })]), made('Also well', [camera('live')], [])]
    expect(rows.sort(compareStandings).map(({ name }) => name)).toEqual(['High', 'Low', 'Taken', 'Down', 'Also well', 'Well'])
  })
})

describe('a question that is asked seldom', () => {
  it('waits for its turn and then gets the answer of then', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
    let asked = 0
    const ask = seldom(() => Promise.resolve((asked += 1)), 1000)
    const signal = new AbortController().signal
    expect(await ask(signal)).toBe(1)
    const second = ask(signal)
    await vi.advanceTimersByTimeAsync(900)
    expect(asked).toBe(1)
    await vi.advanceTimersByTimeAsync(200)
    expect(await second).toBe(2)
    vi.useRealTimers()
  })
})
