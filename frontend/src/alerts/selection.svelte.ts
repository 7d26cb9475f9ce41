/** Which alerts of a list are ticked, one by one or from one to another. */
import type { Alert } from '../api/types'
import { between, idsOf, type FeedRow } from './rows'

export class Selection {
  ids = $state.raw<ReadonlySet<string>>(new Set())
  private anchor: string | null = null

  has(row: FeedRow): boolean {
    const ids = idsOf(row)
    return ids.length > 0 && ids.every((id) => this.ids.has(id))
  }

  /** Tick or untick a row; with `range`, all rows from the one that was ticked last. */
  toggle(row: FeedRow, rows: readonly FeedRow[], range = false): void {
    const chosen = range && this.anchor !== null ? between(rows, this.anchor, row.key) : idsOf(row)
    const ids = new Set(this.ids)
    if (!range && this.has(row)) for (const id of chosen) ids.delete(id)
    else for (const id of chosen) ids.add(id)
    this.ids = ids
    this.anchor = row.key
  }

  choose(ids: Iterable<string>): void {
    this.ids = new Set(ids)
  }

  clear(): void {
    this.ids = new Set()
    this.anchor = null
  }

  /** The ticked ones of a list, as they are now. */
  of(alerts: readonly Alert[]): Alert[] {
    return alerts.filter((alert) => this.ids.has(alert.id))
  }
}
