/**
 * Which tiles make room for a camera that raised an alert and is not on the page.
 *
 * It takes the place of the tile that is least in use, one camera a tile, and goes back when the alert is taken. A tile in use, or
 * one with an alert of its own, is never taken; what was brought forward stays where it is when more alerts come; and at most a third
 * of the page is lent, so that a wall stays the wall that people know.
 */

export interface Waiting {
  camera: string
  alert: string
  severity: number
  /** When it was raised, milliseconds of the epoch. */
  at: number
}

export interface Loan {
  /** Which tile of the page. */
  slot: number
  /** Whose place it is. */
  host: string
  /** Who was brought forward. */
  guest: string
  severity: number
}

export interface Moment {
  /** The cameras of this page, by tile. */
  slots: readonly string[]
  /** The most severe alert that nobody has taken, of each camera that has one. */
  waiting: readonly Waiting[]
  /** Cameras that somebody looks at: selected, large, being moved. */
  inUse: ReadonlySet<string>
  /** When somebody last turned to a camera's tile; missing: never. */
  lastUsed: ReadonlyMap<string, number>
}

/** How many tiles of a page may be lent at once. */
export function mostLoans(tiles: number): number {
  return Math.max(1, Math.floor(tiles / 3))
}

/** The loans of this moment, going on from those before; the same array when nothing changes. */
export function bring(before: readonly Loan[], moment: Moment): readonly Loan[] {
  const alerts = new Map(moment.waiting.map((one) => [one.camera, one]))
  const stays = (loan: Loan): boolean =>
    moment.slots[loan.slot] === loan.host && !moment.slots.includes(loan.guest) && (alerts.has(loan.guest) || moment.inUse.has(loan.guest)) && !alerts.has(loan.host)
  const loans = before.filter(stays)
  const here = new Set([...moment.slots, ...loans.map((loan) => loan.guest)])
  const coming = moment.waiting.filter((one) => !here.has(one.camera)).sort((a, b) => b.severity - a.severity || a.at - b.at)
  for (const { camera: guest, severity } of coming) {
    const place = loans.length < mostLoans(moment.slots.length) ? leastInUse(loans, alerts, moment) : null
    if (place !== null) loans.push({ slot: place, host: moment.slots[place] ?? '', guest, severity })
    else {
      const lesser = loans.filter((loan) => loan.severity < severity && !moment.inUse.has(loan.guest)).sort((a, b) => a.severity - b.severity)[0]
      if (lesser !== undefined) loans.splice(loans.indexOf(lesser), 1, { ...lesser, guest, severity })
    }
  }
  return loans.length === before.length && loans.every((loan, index) => loan === before[index]) ? before : loans
}

/** The page as it is shown: guests in the places they were lent. */
export function shownWith(loans: readonly Loan[], slots: readonly string[]): string[] {
  return slots.map((host, slot) => loans.find((loan) => loan.slot === slot)?.guest ?? host)
}

/** The tile that was longest not turned to; of those that never were, the last one, which people look at least. */
function leastInUse(loans: readonly Loan[], alerts: ReadonlyMap<string, Waiting>, moment: Moment): number | null {
  const free = [...moment.slots.entries()].filter(([slot, host]) => !moment.inUse.has(host) && !alerts.has(host) && !loans.some((loan) => loan.slot === slot))
  const used = (host: string): number => moment.lastUsed.get(host) ?? 0
  return free.sort(([a, hostA], [b, hostB]) => used(hostA) - used(hostB) || b - a)[0]?.[0] ?? null
}
