/** The overview as the page knows it: read again when the feed says that something of it changed, and each minute for what time changes. */
import { readOverview, type Overview } from '../api/overview'
import { isAbort, sentence } from '../api/errors'
import { feed } from '../feed/feed.svelte'
import type { FeedEvent } from '../feed/protocol'
import { concerns } from './concerns'

/** However much the feed brings, it is read again at most so often, milliseconds. */
const CALM = 1_000
const MINUTE = 60_000

export class Glance {
  value = $state.raw<Overview | null>(null)
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state('')
  private asking: AbortController | null = null
  private again: ReturnType<typeof setTimeout> | undefined

  async read(): Promise<void> {
    clearTimeout(this.again)
    this.again = undefined
    this.asking?.abort()
    const asking = (this.asking = new AbortController())
    try {
      await feed.ready()
      if (asking.signal.aborted) return
      this.value = await readOverview(asking.signal)
      this.phase = 'ready'
      this.error = ''
    } catch (error) {
      if (isAbort(error)) return
      this.error = sentence(error)
      if (this.value === null) this.phase = 'failed'
    }
  }

  /** Follow the feed and the clock until the returned function is called. */
  follow(): () => void {
    const leave = feed.listen({
      onAlert: () => this.soon(),
      onEvent: (event: FeedEvent) => {
        if (this.value !== null && concerns(event, this.value)) this.soon()
      },
      onReload: () => this.soon(),
    })
    const each = setInterval(() => void this.read(), MINUTE)
    return () => {
      leave()
      clearInterval(each)
      clearTimeout(this.again)
      this.asking?.abort()
    }
  }

  private soon(): void {
    this.again ??= setTimeout(() => void this.read(), CALM)
  }
}
