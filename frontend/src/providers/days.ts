/** For how many days something is kept: what is typed, and whether it means that something is erased that is kept now. */

export interface Bounds {
  least: number
  most: number
}
/** As the server has them: `alerts/deliveries/erasing.py`, `alerts/channels/recordings/services.py`. */
export const MESSAGES: Bounds = { least: 30, most: 3650 }
export const RECORDINGS: Bounds = { least: 1, most: 365 }

/** The days that were typed; `null` for what is no whole number within the bounds. */
export function daysFrom(typed: string, { least, most }: Bounds): number | null {
  const text = typed.trim().replace(/[\s\u00a0\u202f]/g, '')
  const days = /^\d+$/.test(text) ? Number(text) : NaN
  return days >= least && days <= most ? days : null
}

/** Whether it is asked about first: what is older than the fewer days goes for good. */
export const erasesMore = (before: number, after: number): boolean => after < before
