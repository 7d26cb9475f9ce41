/** The entries that a filter finds: page by page, and what colleagues write meanwhile. */
import { listEntries, readEntry, type LogbookEntry, type LogbookFilter } from '../api/logbook'
import { isAbort, sentence } from '../api/errors'
import type { FeedEvent } from '../feed/protocol'
import { merged } from './words'

/** More than this is not printed on paper: it is exported. */
const MOST_PRINTED = 2000

export class LogbookList {
  entries = $state.raw<LogbookEntry[]>([])
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state('')
  /** Address of the next older page; `null` when all are here. */
  older = $state<string | null>(null)
  /** The newest entry that came while the page was open, written by somebody else. */
  news = $state.raw<LogbookEntry | null>(null)
  private filter: LogbookFilter = {}
  private asked = ''
  private loading: AbortController | null = null

  constructor(private readonly isMine: (entry: LogbookEntry) => boolean) {}

  /** Show what a filter finds, unless that is what is shown: another part of the address may have changed. */
  show(filter: LogbookFilter): void {
    const asked = JSON.stringify(filter)
    if (asked === this.asked) return
    this.asked = asked
    this.filter = filter
    this.entries = []
    this.phase = 'loading'
    void this.load()
  }

  /** Read it anew from the newest on. */
  async load(): Promise<void> {
    this.loading?.abort()
    const loading = (this.loading = new AbortController())
    const filter = this.filter
    try {
      const page = await listEntries(filter, null, loading.signal)
      this.entries = page.results
      this.older = page.next ?? null
      this.phase = 'ready'
    } catch (error) {
      if (!isAbort(error)) this.fail(error)
    }
  }

  async more(): Promise<void> {
    if (this.older === null) return
    try {
      const page = await listEntries(this.filter, this.older)
      this.entries = merged(this.entries, page.results)
      this.older = page.next ?? null
    } catch (error) {
      this.fail(error)
    }
  }

  /** Load all that the filter finds, as far as paper goes; whether that was all. */
  async all(): Promise<boolean> {
    while (this.older !== null && this.entries.length < MOST_PRINTED && this.phase === 'ready') await this.more()
    return this.older === null
  }

  /** A colleague wrote something, or we did; or a handover has its second signature. */
  async hear(event: FeedEvent): Promise<void> {
    if (this.phase !== 'ready') return
    if (event.kind === 'handover.changed') return this.readAgain((entry) => entry.handover?.id === event.payload['handover'])
    if (event.kind !== 'logbook.added') return
    const { entry: id, refers_to: before } = event.payload
    try {
      const known = new Set(this.entries.map((entry) => entry.id))
      const page = await listEntries(this.filter, null)
      const older = typeof before === 'string' && known.has(before) ? [await readEntry(before)] : []
      const fresh = page.results.filter((entry) => known.has(entry.id) || this.reaches(entry))
      this.entries = merged(this.entries, [...fresh, ...older])
      const arrived = fresh.find((entry) => entry.id === id && !known.has(entry.id))
      if (arrived !== undefined && !this.isMine(arrived)) this.news = arrived
    } catch (error) {
      this.fail(error)
    }
  }

  /** Read those again that are here and meant; pages that were loaded stay. */
  private async readAgain(meant: (entry: LogbookEntry) => boolean): Promise<void> {
    try {
      const fresh = await Promise.all(this.entries.filter(meant).map((entry) => readEntry(entry.id)))
      this.entries = merged(this.entries, fresh)
    } catch (error) {
      this.fail(error)
    }
  }

  /** Whether an entry belongs among those that are here, and not between them and pages that are not. */
  private reaches(entry: LogbookEntry): boolean {
    const last = this.entries[this.entries.length - 1]
    return this.older === null || last === undefined || Date.parse(entry.happened_at) >= Date.parse(last.happened_at)
  }

  private fail(error: unknown): void {
    this.error = sentence(error)
    this.phase = 'failed'
  }
}
