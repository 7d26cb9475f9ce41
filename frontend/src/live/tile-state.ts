/** What a tile may say about its picture. An old picture is never live: without a new one it is stale, whatever the server said. */
import type { ServerState, StateText } from './protocol'

export type Phase = 'waiting' | 'live' | 'stale' | 'down' | 'refused'
/** Why a live picture is late or jerky: the connection, or this computer, which cannot keep up. */
export type Slowness = 'connection' | 'computer'

export interface TileView {
  phase: Phase
  /** Since when it is so; for a stale tile, when the last picture came. */
  since: Date | null
  /** The server's sentence, in the reader's language; may be empty. */
  reason: string
  /** Seconds between capture and arrival of the newest picture. */
  delay: number | null
  framesPerSecond: number
  /** Pictures that were left out lately, on the way or here. */
  leftOut: number
  slow: Slowness | null
  pixelated: boolean
  /** The connection to the server was cut and nothing has come since. */
  cut: boolean
}

/** After this long without a new picture a tile is stale. A watched camera gives several a second. */
export const STALE_AFTER = 2_500
const WINDOW = 3_000
/** So much later than this camera's pictures usually are is slow, milliseconds. */
const LATE = 1_500
/** Pictures that may be left out within `LOSS_WINDOW` before it is called slow. */
const FEW = 3
const LOSS_WINDOW = 8_000

interface Loss {
  at: number
  count: number
  here: boolean
}

export class TileState {
  private server: StateText | null = null
  private last: number | null = null
  private delay: number | null = null
  private pixelated = false
  private isCut = false
  private arrivals: number[] = []
  /** The shortest way of a picture so far: what the clocks differ by is in it, so only what is beyond counts as late. */
  private shortest = Number.POSITIVE_INFINITY
  private losses: Loss[] = []
  private totals = { missed: 0, skipped: 0 }

  /** A picture was shown. Times in milliseconds of the epoch. */
  picture(capturedAt: number, now: number, pixelated: boolean): void {
    this.last = now
    this.isCut = false
    this.delay = (now - capturedAt) / 1000
    this.shortest = Math.min(this.shortest, now - capturedAt)
    this.pixelated = pixelated
    this.arrivals.push(now)
    if (this.arrivals.length > 100) this.arrivals = this.arrivals.slice(-100)
  }

  /** How many pictures the player has missed and skipped since it began. */
  counted(missed: number, skipped: number, now: number): void {
    // A player that is new begins to count at nothing.
    if (missed < this.totals.missed || skipped < this.totals.skipped) this.totals = { missed: 0, skipped: 0 }
    if (missed > this.totals.missed) this.losses.push({ at: now, count: missed - this.totals.missed, here: false })
    if (skipped > this.totals.skipped) this.losses.push({ at: now, count: skipped - this.totals.skipped, here: true })
    this.totals = { missed, skipped }
    this.losses = this.losses.filter((loss) => now - loss.at <= LOSS_WINDOW)
  }

  /** The server said how the watch goes. */
  told(state: StateText): void {
    this.server = state
    this.isCut = false
  }

  /** The socket was cut: what the server said no longer holds. */
  cut(): void {
    this.isCut = true
    if (this.server !== null && this.server.state !== 'refused') this.server = null
  }

  view(now: number): TileView {
    const fresh = this.last !== null && now - this.last <= STALE_AFTER
    return {
      phase: this.phase(fresh),
      since: this.since(),
      reason: this.server?.reason ?? '',
      delay: fresh && this.delay !== null ? Math.max(0, this.delay) : null,
      framesPerSecond: fresh ? this.arrivals.filter((at) => now - at <= WINDOW).length / (WINDOW / 1000) : 0,
      leftOut: this.lost(now),
      slow: fresh ? this.slowness(now) : null,
      pixelated: this.pixelated,
      cut: this.isCut,
    }
  }

  private lost(now: number, here?: boolean): number {
    return this.losses.filter((loss) => now - loss.at <= LOSS_WINDOW && (here === undefined || loss.here === here)).reduce((sum, { count }) => sum + count, 0)
  }

  private slowness(now: number): Slowness | null {
    if (this.lost(now, true) > FEW) return 'computer'
    const late = this.delay !== null && this.delay * 1000 - this.shortest > LATE
    return late || this.lost(now, false) > FEW ? 'connection' : null
  }

  private phase(fresh: boolean): Phase {
    const state: ServerState | null = this.server?.state ?? null
    if (state === 'refused' || state === 'down') return state
    if (state === 'stale') return 'stale'
    if (fresh) return 'live'
    return this.last === null ? 'waiting' : 'stale'
  }

  private since(): Date | null {
    const state = this.server?.state
    if (state === 'down' || state === 'refused' || this.last === null) return this.server?.since ?? null
    return new Date(this.last)
  }
}
