/** The texts that nobody could place: those that wait, or those that were settled; kept true by the feed. */
import { isAbort, sentence } from '../api/errors'
import { listTexts, type IncomingText } from '../api/phones'
import { feed } from '../feed/feed.svelte'

export class IncomingTexts {
  list = $state.raw<readonly IncomingText[] | null>(null)
  count = $state(0)
  error = $state('')
  private asking: AbortController | null = null
  private pages = 1

  constructor(private readonly settled: boolean) {}

  /** Keep them true for as long as the page stands. Returns what ends it. */
  follow(): () => void {
    const stop = feed.listen({
      onEvent: ({ kind }) => {
        if (kind === 'incoming.changed') void this.read()
      },
      onReload: () => void this.read(),
    })
    void feed.ready().then(() => this.read())
    return () => {
      stop()
      this.asking?.abort()
    }
  }

  /** Read them again, as many pages as are shown. What is asked last counts. */
  async read(): Promise<void> {
    this.asking?.abort()
    const asking = (this.asking = new AbortController())
    try {
      const found: IncomingText[] = []
      for (let page = 1; page <= this.pages; page += 1) {
        const answer = await listTexts(this.settled, page, asking.signal)
        this.count = answer.count
        found.push(...answer.results)
        if (answer.next === null || answer.next === undefined) break
      }
      this.list = found
      this.error = ''
    } catch (error) {
      if (!isAbort(error)) this.error = sentence(error)
    }
  }

  more(): void {
    this.pages += 1
    void this.read()
  }
}
