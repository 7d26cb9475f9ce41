/** A list of the API that several screens need: asked for once, however many use it, and asked again when the feed says so. */
import { isAbort, sentence } from '../api/errors'
import { feed } from '../feed/feed.svelte'
import type { FeedEvent } from '../feed/protocol'

export type Phase = 'loading' | 'ready' | 'failed'

export class Shared<T> {
  value = $state.raw<T>() as T
  phase = $state<Phase>('loading')
  error = $state('')
  private asking: AbortController | null = null
  /** Something changed while an answer was on its way: that answer may be old. */
  private again = false
  private used = false
  private waiting = false

  /**
   * @param ask How the list is read.
   * @param empty What `value` is until it has been read.
   * @param concerns Whether an event of the feed means that it has to be read again.
   */
  constructor(
    private readonly ask: (signal: AbortSignal) => Promise<T>,
    private readonly empty: T,
    private readonly concerns: (event: FeedEvent) => boolean = () => false,
  ) {
    this.value = empty
  }

  /** Read it, unless it is here or on its way; from then on the feed keeps it true. Call it when a screen is set up. */
  use(): void {
    if (!this.used) {
      this.used = true
      feed.listen({
        onEvent: (event) => {
          if (this.concerns(event)) void this.reload()
        },
        onReload: () => void this.reload(),
      })
    }
    if (this.phase === 'ready' || this.asking !== null || this.waiting) return
    this.waiting = true
    void feed.ready().then(() => {
      this.waiting = false
      void this.reload()
    })
  }

  /** Read it again. Asked while it is being read, it is read once more after that. */
  async reload(): Promise<void> {
    if (this.asking !== null) {
      this.again = true
      return
    }
    const asking = (this.asking = new AbortController())
    try {
      do {
        this.again = false
        const found = await this.ask(asking.signal)
        if (asking.signal.aborted) return
        this.value = found
        this.error = ''
        this.phase = 'ready'
      } while (this.again)
    } catch (error) {
      if (isAbort(error)) return
      this.error = sentence(error)
      // What was read before is still the best there is; it says so itself where it matters.
      if (this.phase !== 'ready') this.phase = 'failed'
    } finally {
      if (this.asking === asking) this.asking = null
    }
  }

  /** Read it again if a screen has ever used it: the server's sentences come in the reader's language. */
  refresh(): void {
    if (this.used && this.phase !== 'loading') void this.reload()
  }

  /** Forget everything: nobody is signed in any more. */
  forget(): void {
    this.asking?.abort()
    this.asking = null
    this.value = this.empty
    this.phase = 'loading'
  }
}
