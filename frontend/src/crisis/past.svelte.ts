/** The activations that are over, page by page; read again when one ends. */
import { pageOfActivations, type ActivationBrief } from '../api/activations'
import { sentence } from '../api/errors'
import type { CursorPage } from '../api/types'
import { Calm } from './calm'

/** Which of them are shown. */
export type Which = 'all' | 'real' | 'drills'
export const WHICH: readonly Which[] = ['all', 'real', 'drills']

export function queryOf(which: Which): string {
  const drill = which === 'all' ? '' : `&drill=${which === 'drills'}`
  return `state=ended&state=dropped&page_size=30${drill}`
}

export class Past {
  rows = $state.raw<readonly ActivationBrief[]>([])
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state('')
  older = $state<string | null>(null)
  private which: Which = 'all'
  private readonly calm: Calm<CursorPage<ActivationBrief>>

  constructor() {
    this.calm = new Calm({
      ask: (signal) => pageOfActivations(queryOf(this.which), null, signal),
      onRead: (page) => {
        this.rows = page.results
        this.older = page.next ?? null
        this.phase = 'ready'
      },
      onTrouble: (error) => this.fail(error),
    })
  }

  show(which: Which): void {
    this.which = which
    void this.calm.now()
  }

  stir(): void {
    this.calm.soon()
  }

  async more(): Promise<void> {
    if (this.older === null) return
    const which = this.which
    try {
      const page = await pageOfActivations(queryOf(which), this.older)
      if (which !== this.which) return
      this.rows = [...this.rows, ...page.results.filter((one) => !this.rows.some((known) => known.id === one.id))]
      this.older = page.next ?? null
    } catch (error) {
      this.fail(error)
    }
  }

  stop(): void {
    this.calm.stop()
  }

  private fail(error: unknown): void {
    this.error = sentence(error)
    this.phase = 'failed'
  }
}
