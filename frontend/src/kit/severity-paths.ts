/** The outline of each severity's shape and the sign in it, in a square of 24: for SVG and canvas alike. */
import type { Shape } from './severity'

export type Drawn = Exclude<Shape, 'unknown'>

export const OUTLINES: Record<Drawn, string> = {
  critical: 'M7.2 1h9.6L23 7.2v9.6L16.8 23H7.2L1 16.8V7.2z',
  high: 'M12 1.6 23.4 21.6a.9.9 0 0 1-.8 1.3H1.4a.9.9 0 0 1-.8-1.3z',
  medium: 'M12 .4 23.6 12 12 23.6.4 12z',
  low: 'M12 1a11 11 0 1 1 0 22a11 11 0 1 1 0-22z',
  safe: 'M6.5 1.5h11a5 5 0 0 1 5 5v11a5 5 0 0 1-5 5h-11a5 5 0 0 1-5-5v-11a5 5 0 0 1 5-5z',
}

export const SIGNS: Record<Drawn, string> = {
  critical: 'M12 6.6v6.2M12 17.1v.1',
  high: 'M12 9.2v5.2M12 18.6v.1',
  medium: 'M12 7.4v5M12 16.4v.1',
  low: 'M12 11.4v5.4M12 7.2v.1',
  safe: 'm7 12.4 3.4 3.4L17.2 9',
}
