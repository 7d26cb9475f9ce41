/** One audit as its pages show it: what is there, what was done, what a colleague did meanwhile. */
import { readAudit, type Audit } from '../api/audits'
import { ApiError, isAbort, sentence } from '../api/errors'
import { feed } from '../feed/feed.svelte'
import { concern } from './concerns'

/** Milliseconds between two readings because something an audit names stands otherwise. */
const PAUSE = 5_000

export class AuditPage {
  view = $state.raw<Audit | null>(null)
  /** Why it cannot be shown; what was read before stays. */
  problem = $state('')
  missing = $state(false)
  private asking: AbortController | null = null
  private again = false
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(readonly id: string) {}

  /** Read it, and follow it until what this returns is called. */
  follow(): () => void {
    void feed.ready().then(() => this.load())
    const end = feed.listen({
      onEvent: (event) => {
        const asked = this.view === null ? null : concern(event, this.view)
        if (asked === 'now') void this.load()
        else if (asked === 'soon') this.timer ??= setTimeout(() => void this.load(), PAUSE)
      },
      onReload: () => void this.load(),
    })
    return () => {
      end()
      if (this.timer !== null) clearTimeout(this.timer)
      this.asking?.abort()
      this.asking = null
    }
  }

  /** Show what an answer brought. One that is older than what is shown is not. */
  show(view: Audit): void {
    if (this.view === null || view.version >= this.view.version) this.view = view
  }

  async load(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    if (this.asking !== null) return void (this.again = true)
    const mine = (this.asking = new AbortController())
    try {
      do {
        this.again = false
        this.show(await readAudit(this.id, mine.signal))
        this.problem = ''
        this.missing = false
      } while (this.again && !mine.signal.aborted)
    } catch (error) {
      if (isAbort(error)) return
      this.missing = error instanceof ApiError && error.status === 404
      if (this.missing) this.view = null
      else this.problem = sentence(error)
    } finally {
      if (this.asking === mine) this.asking = null
    }
  }
}
