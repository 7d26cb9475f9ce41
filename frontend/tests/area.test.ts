import { describe, expect, it } from 'vitest'
import { circle, circleAround, circleFrom, circleOf, circleText, CIRCLE_CORNERS, eastOf, faultOf, metresBetween, middleOf, MOST, moveCorner, outlineFrom, outlineText, sizeWords, splitSide, squareMetres, withCorner, withoutCorner, type Outline } from '../src/response/area'

const BOURGES = { latitude: 47.086, longitude: 2.401 }
const SQUARE: Outline = [[47, 2], [47, 2.01], [47.01, 2.01], [47.01, 2]]
const ANGLES = Array.from({ length: 360 }, (_, degree) => (degree * Math.PI) / 180)

/** Whether the database would find a place within: an even-odd count of sides, degrees taken as a plane. */
function within(outline: Outline, [north, east]: readonly [number, number]): boolean {
  return outline.reduce((inside, [ay, ax], at) => {
    const [by, bx] = outline[(at + 1) % outline.length] ?? [ay, ax]
    return ay > north !== by > north && east < ((bx - ax) * (north - ay)) / (by - ay) + ax ? !inside : inside
  }, false)
}
/** A place so far from another, reckoned another way than the code does: as on a plane, for a few km. */
const beside = (from: { latitude: number; longitude: number }, metres: number, angle: number): [number, number] => {
  const degree = (Math.PI / 180) * 6_371_008.8
  return [from.latitude + (metres * Math.cos(angle)) / degree, from.longitude + (metres * Math.sin(angle)) / (degree * Math.cos((from.latitude * Math.PI) / 180))]
}

describe('a circle', () => {
  it.each([20, 500, 5000])('of %i m has everybody within who is so near, and nobody who is far', (radius) => {
    for (const centre of [BOURGES, { latitude: -33.86, longitude: 151.2 }, { latitude: 0, longitude: 0 }]) {
      const outline = circle({ centre, radius })
      expect(outline).toHaveLength(CIRCLE_CORNERS)
      expect(faultOf(outline)).toBeNull()
      for (const angle of ANGLES) {
        expect(within(outline, beside(centre, radius * 0.995, angle))).toBe(true)
        expect(within(outline, beside(centre, radius * 1.012, angle))).toBe(false)
      }
    }
  })

  it('is known again by its corners, as it was entered', () => {
    for (const radius of [20, 73, 500, 12_345, 100_000]) {
      for (const centre of [BOURGES, { latitude: -70.12345, longitude: -179.5 + 5 }]) expect(circleOf(circle({ centre, radius }))).toEqual({ centre, radius })
    }
  })

  it('is none when a corner was moved, or with other corners', () => {
    const outline = circle({ centre: BOURGES, radius: 500 })
    expect(circleOf(moveCorner(outline, 5, { latitude: 47.2, longitude: 2.4 }))).toBeNull()
    expect(circleOf(withoutCorner(outline, 5))).toBeNull()
    expect(circleOf(SQUARE)).toBeNull()
    expect(circleOf([])).toBeNull()
  })

  it('has its radius in hand to the east', () => {
    const of = { centre: BOURGES, radius: 800 }
    expect(metresBetween(BOURGES, eastOf(of))).toBeCloseTo(800, 3)
    expect(eastOf(of).longitude).toBeGreaterThan(BOURGES.longitude)
  })

  it('around an outline holds all its corners', () => {
    const around = circleAround(SQUARE)
    if (around === null) throw new Error('no circle')
    for (const corner of SQUARE) expect(metresBetween(around.centre, { latitude: corner[0], longitude: corner[1] })).toBeLessThanOrEqual(around.radius)
    expect(circleAround([])).toBeNull()
    expect(circleAround([[47, 2]])).toMatchObject({ radius: 20 })
  })

  it('is typed with a comma or a point, and says which field is none', () => {
    expect(circleFrom({ latitude: '47,086', longitude: ' 2.401 ', radius: '1 500' })).toEqual({ circle: { centre: BOURGES, radius: 1500 }, wrong: [] })
    expect(circleFrom({ latitude: '91', longitude: '', radius: '5' })).toEqual({ circle: null, wrong: ['latitude', 'longitude', 'radius'] })
    expect(circleFrom({ latitude: '47', longitude: '2', radius: '100001' }).wrong).toEqual(['radius'])
    expect(circleFrom(circleText({ centre: BOURGES, radius: 250 })).circle).toEqual({ centre: BOURGES, radius: 250 })
  })
})

describe('an outline', () => {
  it('is as large as it is', () => {
    // 0.01° by 0.01° at 47° north: 1112 m by 758 m.
    expect(squareMetres(SQUARE)).toBeGreaterThan(840_000)
    expect(squareMetres(SQUARE)).toBeLessThan(846_000)
    expect(squareMetres([...SQUARE].reverse())).toBeCloseTo(squareMetres(SQUARE), 3)
    expect(squareMetres(circle({ centre: BOURGES, radius: 1000 })) / (Math.PI * 1e6)).toBeCloseTo(1, 2)
    expect(squareMetres([])).toBe(0)
    expect(sizeWords(843_000, 'en')).toBe('0.84\u00a0km²')
    expect(sizeWords(2500, 'en')).toBe('2,500\u00a0m²')
  })

  it.each<[string, Outline]>([
    ['few', []],
    ['few', [[47, 2], [47, 2.1]]],
    ['many', Array.from({ length: MOST + 1 }, (_, at) => [at / 1000, (at * at) / 1e6] as [number, number])],
    ['repeated', [[47, 2], [47, 2], [47.1, 2.1]]],
    ['repeated', [[47, 2], [47.1, 2.1], [47, 2]]],
    ['crossing', [[47, 2], [47.01, 2.01], [47.01, 2], [47, 2.01]]],
    ['crossing', [[47, 2], [47, 2.01], [47, 2.02]]],
    ['flat', [[47, 2], [47.000005, 2], [47, 2.000005]]],
    ['edge', [[-17, 179], [-17, -179], [-18, -179]]],
    ['edge', circle({ centre: { latitude: -17, longitude: 179.999 }, radius: 5000 })],
  ])('that is %s cannot be used', (fault, outline) => expect(faultOf(outline)).toBe(fault))

  it('can be used with a notch, and with as many corners as there may be', () => {
    expect(faultOf(SQUARE)).toBeNull()
    expect(faultOf([[45, 5], [45, 6], [46, 6], [45.5, 5.5], [46, 5]])).toBeNull()
    const round = Array.from({ length: MOST }, (_, at): [number, number] => [47 + Math.cos((at / MOST) * 2 * Math.PI) / 100, 2 + Math.sin((at / MOST) * 2 * Math.PI) / 100])
    expect(faultOf(round)).toBeNull()
    expect(withCorner(round, BOURGES)).toHaveLength(MOST)
    expect(splitSide(round, 3)).toHaveLength(MOST)
  })

  it('gets a corner at its end, or in the middle of a side, the closing one too', () => {
    expect(withCorner(SQUARE, BOURGES)).toEqual([...SQUARE, [47.086, 2.401]])
    expect(splitSide(SQUARE, 0)[1]).toEqual([47, 2.005])
    expect(splitSide(SQUARE, 3)[4]).toEqual([47.005, 2])
    expect(withoutCorner(SQUARE, 0)).toEqual(SQUARE.slice(1))
    expect(middleOf(SQUARE)).toEqual({ latitude: 47.005, longitude: 2.005 })
  })

  it('comes back from what is typed, and says which lines are no corner', () => {
    expect(outlineFrom(outlineText(SQUARE))).toEqual({ outline: SQUARE, wrong: [] })
    expect(outlineFrom('47,0 ; 2,0\n\n 47 2.01\r\n47.01, 2.01')).toEqual({ outline: [[47, 2], [47, 2.01], [47.01, 2.01]], wrong: [] })
    expect(outlineFrom('47.0\nnorth, east\n91, 2\n47, 181\n47, 2').wrong).toEqual([1, 2, 3, 4])
  })
})
