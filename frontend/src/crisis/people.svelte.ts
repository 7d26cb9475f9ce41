/** One page of an activation's people, and how many the question finds. */
import { PEOPLE_A_PAGE, pageOfPeople, type AnswerFilter, type Participant } from '../api/activations'
import { sentence } from '../api/errors'
import type { Page } from '../api/types'
import { Calm } from './calm'

export interface Asked {
  answer: AnswerFilter | null
  search: string
  page: number
}

export class PeoplePage {
  rows = $state.raw<readonly Participant[]>([])
  count = $state(0)
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state('')
  private asked: Asked = { answer: null, search: '', page: 1 }
  private readonly calm: Calm<Page<Participant>>
  readonly pages = $derived(Math.max(1, Math.ceil(this.count / PEOPLE_A_PAGE)))

  constructor(id: string) {
    this.calm = new Calm({
      ask: (signal) => pageOfPeople(id, this.asked, signal),
      onRead: (page) => {
        this.rows = page.results
        this.count = page.count
        this.phase = 'ready'
        this.error = ''
      },
      onTrouble: (error) => {
        this.error = sentence(error)
        this.phase = 'failed'
      },
      // Names that jump each second cannot be read.
      every: 3000,
    })
  }

  ask(asked: Asked): void {
    this.asked = asked
    void this.calm.now()
  }

  /** Counts moved: the same page is read again, when it is calm. */
  stir(): void {
    this.calm.soon()
  }

  retry(): void {
    void this.calm.now()
  }

  stop(): void {
    this.calm.stop()
  }
}
