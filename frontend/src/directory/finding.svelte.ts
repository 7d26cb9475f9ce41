/** People of the directory by their name, looked for once nothing more is typed. Made where a component is: it ends with it. */
import { isAbort, sentence } from '../api/errors'
import { findPeople } from '../api/response'
import type { Named } from '../api/types'

const LEAST_SIGNS = 2
const PAUSE_MS = 250

export class Finding {
  text = $state('')
  problem = $state('')
  /** Nothing: too little is typed to look for. */
  found = $state.raw<readonly Named[] | null>(null)

  constructor(wanted: () => boolean = () => true) {
    $effect(() => {
      const text = this.text.trim()
      if (!wanted() || text.length < LEAST_SIGNS) return void (this.found = null)
      const asking = new AbortController()
      const timer = setTimeout(() => void this.#look(text, asking.signal), PAUSE_MS)
      return () => {
        clearTimeout(timer)
        asking.abort()
      }
    })
  }

  /** Nothing is typed any more. */
  clear(): void {
    this.text = ''
    this.found = null
    this.problem = ''
  }

  async #look(text: string, signal: AbortSignal): Promise<void> {
    try {
      this.found = await findPeople(text, signal)
      this.problem = ''
    } catch (failed) {
      if (!isAbort(failed)) this.problem = sentence(failed)
    }
  }
}
