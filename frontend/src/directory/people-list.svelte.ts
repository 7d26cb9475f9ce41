/** The people that a filter finds, page by page; read again when the feed says that somebody changed. */
import { listPeople, type PeopleFilter, type Person } from '../api/directory'
import { isAbort, sentence } from '../api/errors'

export class PeopleList {
  people = $state.raw<readonly Person[]>([])
  count = $state(0)
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state('')
  private filter: PeopleFilter = {}
  private page = 1
  private asking: AbortController | null = null

  get more(): boolean {
    return this.people.length < this.count
  }

  show(filter: PeopleFilter): void {
    this.filter = filter
    this.page = 1
    void this.load()
  }

  next(): void {
    this.page += 1
    void this.load()
  }

  /** Read all pages that are shown. */
  async load(): Promise<void> {
    this.asking?.abort()
    const mine = (this.asking = new AbortController())
    try {
      const pages = await Promise.all(Array.from({ length: this.page }, (_, at) => listPeople(this.filter, at + 1, mine.signal)))
      if (mine.signal.aborted) return
      this.people = pages.flatMap((page) => page.results)
      this.count = pages[0]?.count ?? 0
      this.phase = 'ready'
      this.error = ''
    } catch (error) {
      if (isAbort(error)) return
      this.error = sentence(error)
      if (this.phase === 'loading') this.phase = 'failed'
    }
  }

  stop(): void {
    this.asking?.abort()
  }
}
