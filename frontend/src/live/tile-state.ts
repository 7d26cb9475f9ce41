/** What a tile may say about its picture. An old picture is never live: without a new one it is stale, whatever the server said. */
import type { ServerState, StateText } from './protocol'

export type Phase = 'waiting' | 'live' | 'stale' | 'down' | 'refused'

export interface TileView {
  phase: Phase
  /** Since when it is so; for a stale tile, when the last picture came. */
  since: Date | null
  /** The server's sentence, in the reader's language; may be empty. */
  reason: string
  /** Seconds between capture and arrival of the newest picture. */
  delay: number | null
  framesPerSecond: number
  pixelated: boolean
  /** The connection to the server was cut and nothing has come since. */
  cut: boolean
}

/** After this long without a new picture a tile is stale. A watched camera gives several a second. */
export const STALE_AFTER = 2_500
const WINDOW = 3_000

export class TileState {
  private server: StateText | null = null
  private last: number | null = null
  private delay: number | null = null
  private pixelated = false
  private isCut = false
  private arrivals: number[] = []

  /** A picture was shown. Times in milliseconds of the epoch. */
  picture(capturedAt: number, now: number, pixelated: boolean): void {
    this.last = now
    this.isCut = false
    this.delay = Math.max(0, (now - capturedAt) / 1000)
    this.pixelated = pixelated
    this.arrivals.push(now)
    if (this.arrivals.length > 100) this.arrivals = this.arrivals.slice(-100)
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
      delay: fresh ? this.delay : null,
      framesPerSecond: fresh ? this.arrivals.filter((at) => now - at <= WINDOW).length / (WINDOW / 1000) : 0,
      pixelated: this.pixelated,
      cut: this.isCut,
    }
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
