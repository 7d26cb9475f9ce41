/** Which live pictures are slow now, for the page to say it once: what is slower, and that alerts are not. */
import type { TileState, TileView } from './tile-state'

class Slow {
  private readonly tiles = new Map<TileState, TileView>()
  /** Pictures a second that slow tiles get on average; `null` when none is slow for want of a connection. */
  rate = $state<number | null>(null)

  say(tile: TileState, view: TileView): void {
    if (view.slow === 'connection') this.tiles.set(tile, view)
    else if (!this.tiles.delete(tile)) return
    this.count()
  }

  forget(tile: TileState): void {
    if (this.tiles.delete(tile)) this.count()
  }

  private count(): void {
    const rates = [...this.tiles.values()].map((view) => view.framesPerSecond)
    this.rate = rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0) / rates.length
  }
}
export const slow = new Slow()
