/** What happened in an activation: the latest lines first, older ones on demand. */
import { pageOfLog, type ActivationLine } from '../api/activations'
import { sentence } from '../api/errors'
import type { CursorPage } from '../api/types'
import { Calm } from './calm'

/** Both lists as one, each line once, the latest first. */
export function joined(known: readonly ActivationLine[], fresh: readonly ActivationLine[]): ActivationLine[] {
  const lines = new Map([...known, ...fresh].map((line) => [line.id, line]))
  return [...lines.values()].sort((a, b) => b.id - a.id)
}

export class LogLines {
  lines = $state.raw<readonly ActivationLine[]>([])
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state('')
  older = $state<string | null>(null)
  private readonly calm: Calm<CursorPage<ActivationLine>>

  constructor(private readonly id: string) {
    this.calm = new Calm({
      ask: (signal) => pageOfLog(id, null, signal),
      onRead: (page) => this.take(page),
      onTrouble: (error) => this.fail(error),
      every: 2000,
    })
  }

  stir(): void {
    this.calm.soon()
  }

  retry(): void {
    void this.calm.now()
  }

  async more(): Promise<void> {
    if (this.older === null) return
    try {
      const page = await pageOfLog(this.id, this.older)
      this.lines = joined(this.lines, page.results)
      this.older = page.next ?? null
    } catch (error) {
      this.fail(error)
    }
  }

  stop(): void {
    this.calm.stop()
  }

  private take(page: CursorPage<ActivationLine>): void {
    const reaches = this.lines.length === 0 || page.results.some((line) => line.id <= (this.lines[0]?.id ?? 0))
    // More happened than a page holds: what is between is read by going to the older ones.
    this.lines = reaches ? joined(this.lines, page.results) : page.results
    if (this.phase !== 'ready' || !reaches) this.older = page.next ?? null
    this.phase = 'ready'
    this.error = ''
  }

  private fail(error: unknown): void {
    this.error = sentence(error)
    if (this.lines.length === 0) this.phase = 'failed'
  }
}
