/** What an alert sounds like: a figure of its own for each severity, and how an alert that nobody takes gets louder, within bounds. */

/** Pitches in Hz, one tone each 0.16 s; what is worse is higher, longer and more often repeated. */
export const FIGURES: Record<number, readonly number[]> = {
  1: [523],
  2: [587, 698],
  3: [659, 880, 659],
  4: [880, 1175, 880, 1175, 880, 1175],
}

const FIRST_PAUSE_S = 10
const LATER_PAUSE_S = 30
/** How often it sounds at the short pause: five minutes. */
const OFTEN = 30
const STEPS = 6
const LOUDEST = 1.8

export function figure(severity: number): readonly number[] {
  return FIGURES[severity] ?? FIGURES[1] ?? []
}

/** How much louder than a new alert its n-th repetition is: grows over the first minute, then stays. */
export function growth(repetition: number): number {
  return 1 + ((LOUDEST - 1) * Math.min(Math.max(repetition, 0), STEPS)) / STEPS
}

/** Seconds until it sounds again. */
export function pause(repetition: number): number {
  return repetition < OFTEN ? FIRST_PAUSE_S : LATER_PAUSE_S
}
