/** Where the band stands: what of it is seen, the moment pointed at, the mark that has the keyboard. */
import type { TimelineLane, TimelineOutage } from '../api/timeline'
import { columnLength, columns, grouped, joined, markBeside, type Counts, type Mark } from './marks'
import { fitted, isWhole, length, moved, showing, zoomed, type Span } from './scale'

/** Marks nearer than this become one, pixels. */
export const APART = 40

export interface BandLane {
  lane: TimelineLane
  marks: readonly Mark[]
}

export class Band {
  extent = $state.raw<Span>({ from: 0, to: 1 })
  view = $state.raw<Span>({ from: 0, to: 1 })
  /** Of the plot, pixels. */
  width = $state(0)
  lanes = $state.raw<readonly TimelineLane[]>([])
  since = $state(0)
  binLength = $state<number | null>(null)
  /** The moment that is scrubbed to. */
  cursor = $state<number | null>(null)
  /** Which lane and mark the keyboard is at. */
  lane = $state(0)
  at = $state<string | null>(null)

  private readonly apart = $derived(Math.round((length(this.view) / Math.max(1, this.width)) * APART))
  readonly rows: readonly BandLane[] = $derived(
    this.lanes.map((lane) => ({ lane, marks: this.binLength === null ? grouped(lane.alerts, this.apart) : joined(lane.bins, this.since, this.binLength, this.apart) })),
  )
  readonly perPixel = $derived(length(this.view) / Math.max(1, this.width))

  /** Another day, or the same one grown. A view of all of it stays one of all of it. */
  stretch(extent: Span): void {
    const whole = isWhole(this.view, this.extent)
    this.extent = extent
    this.view = whole ? extent : fitted(this.view, extent)
  }

  show(view: Span): void {
    this.view = fitted(view, this.extent)
  }

  zoom(factor: number, around: number = this.cursor ?? (this.view.from + this.view.to) / 2): void {
    const at = Math.min(Math.max(around, this.view.from), this.view.to)
    this.view = zoomed(this.view, this.extent, factor, at)
  }

  move(by: number): void {
    this.view = moved(this.view, this.extent, by)
  }

  scrub(to: number): void {
    this.cursor = Math.min(Math.max(to, this.extent.from), this.extent.to)
    this.view = showing(this.cursor, this.view, this.extent)
  }

  /** The mark that has the keyboard. */
  get focused(): { row: BandLane; mark: Mark } | null {
    const row = this.rows[this.lane]
    const mark = row?.marks.find((one) => one.key === this.at)
    return row !== undefined && mark !== undefined ? { row, mark } : null
  }

  /** The next mark of this lane, or the one before; the first or last that is seen when none has the keyboard yet. */
  step(direction: 1 | -1): void {
    const row = this.rows[this.lane]
    if (row === undefined) return
    const from = this.focused?.mark.from ?? this.cursor ?? (direction === 1 ? this.view.from - 1 : this.view.to + 1)
    this.go(markBeside(row.marks, from, direction))
  }

  /** Another lane, at the mark nearest in time. */
  climb(direction: 1 | -1): void {
    const time = this.focused?.mark.from ?? this.cursor ?? this.view.to
    this.lane = Math.min(Math.max(this.lane + direction, 0), this.rows.length - 1)
    const marks = this.rows[this.lane]?.marks ?? []
    const nearest = marks.reduce<Mark | null>((best, mark) => (best === null || Math.abs(mark.from - time) < Math.abs(best.from - time) ? mark : best), null)
    this.at = null
    this.go(nearest)
  }

  private go(mark: Mark | null): void {
    if (mark === null) return
    this.at = mark.key
    this.cursor = mark.from
    this.view = showing(mark.from, this.view, this.extent)
  }

  /** Closer to what lies upon one another. */
  closer(mark: Mark): void {
    const long = Math.max(mark.to - mark.from, 1_000) * 1.6
    const middle = (mark.from + mark.to) / 2
    this.show({ from: middle - long / 2, to: middle + long / 2 })
  }
}

/** All cameras together: the columns of the band's sum, and how long each is. */
export function columnsOf(band: Band): { each: number; counts: ReadonlyMap<number, Counts> } {
  const each = Math.max(columnLength(band.perPixel), band.binLength ?? 0)
  return { each, counts: columns(band.lanes, band.since, band.binLength, each, band.extent.from) }
}

/** The down time at a moment. */
export function outageAt(lane: TimelineLane, at: number, now: number): TimelineOutage | null {
  return lane.outages.find((one) => Date.parse(one.since) <= at && (one.until === null ? now : Date.parse(one.until)) >= at) ?? null
}
