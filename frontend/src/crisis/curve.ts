/** The curve of answers: how many had answered by when, as a line to draw and as words. */
import type { Minute } from '../api/activations'

export interface Curve {
  /** Of the line and of the surface below it, in a box of 100 × 100 with the origin at its top left. */
  line: string
  area: string
  top: number
}

/** A number that an axis can end with: 1, 2 or 5 times a power of ten, or the whole where that is near. */
export function topOf(most: number): number {
  if (most <= 4) return 4
  const power = 10 ** Math.floor(Math.log10(most))
  return [1, 2, 4, 5, 10].map((step) => step * power).find((step) => step >= most) ?? most
}

export function curveOf(points: readonly Minute[], start: number, everybody: number): Curve | null {
  const last = points[points.length - 1]
  if (last === undefined) return null
  const end = Date.parse(last.at)
  if (!(end > start)) return null
  // Against everybody, unless so few answered that the line would lie on the ground.
  const top = last.answered * 4 >= everybody ? Math.max(everybody, 1) : topOf(last.answered)
  const corner = (at: number, answered: number): string => `${(((at - start) / (end - start)) * 100).toFixed(2)},${(100 - (answered / top) * 100).toFixed(2)}`
  const line = [corner(start, 0), ...points.map((point) => corner(Date.parse(point.at), point.answered))].join(' ')
  return { line, area: `0,100 ${line} 100,100`, top }
}

/** Milliseconds after the start by which half of those who have answered had; `null` while nobody has. */
export function halfAfter(points: readonly Minute[], start: number): number | null {
  const all = points[points.length - 1]?.answered ?? 0
  if (all === 0) return null
  const half = points.find((point) => point.answered * 2 >= all)
  return half === undefined ? null : Math.max(0, Date.parse(half.at) - start)
}
