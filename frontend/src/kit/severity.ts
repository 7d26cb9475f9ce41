/** Severity in the interface: a colour's class, a shape and a word always go together. */
import type { PlainKey } from '../texts'

export type Shape = 'critical' | 'high' | 'medium' | 'low' | 'safe' | 'unknown'

const SHAPES: Record<number, Shape> = { 1: 'low', 2: 'medium', 3: 'high', 4: 'critical' }
const WORDS: Record<Shape, PlainKey> = {
  critical: 'severity.critical',
  high: 'severity.high',
  medium: 'severity.medium',
  low: 'severity.low',
  safe: 'severity.safe',
  unknown: 'severity.unknown',
}

export const LEVELS = [4, 3, 2, 1] as const

export function shapeOf(severity: number): Shape {
  return SHAPES[severity] ?? 'unknown'
}

export function wordOf(shape: Shape): PlainKey {
  return WORDS[shape]
}
