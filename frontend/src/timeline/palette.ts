/** The theme's colours for the canvas, which cannot read them by itself. */
import type { Drawn } from '../kit/severity-paths'

export interface Palette {
  fill: Record<Drawn, string>
  ink: Record<Drawn, string>
  edge: Record<Drawn, string>
  ground: string
  line: string
  quiet: string
  text: string
  unknown: string
  accent: string
  font: string
}

const SHAPES: readonly Drawn[] = ['critical', 'high', 'medium', 'low', 'safe']

export function readPalette(of: HTMLElement): Palette {
  const style = getComputedStyle(of)
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const each = (suffix: string): Record<Drawn, string> => Object.fromEntries(SHAPES.map((shape) => [shape, token(shape + suffix)])) as Record<Drawn, string>
  return {
    fill: each(''),
    ink: each('-ink'),
    edge: each('-text'),
    ground: token('surface-1'),
    line: token('line'),
    quiet: token('text-3'),
    text: token('text'),
    unknown: token('unknown'),
    accent: token('accent'),
    font: style.fontFamily,
  }
}
