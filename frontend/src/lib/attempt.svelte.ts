/** What a dialog does once it is confirmed: busy meanwhile, and a refusal is a sentence in it. */
import { sentence } from '../api/errors'

export class Attempt {
  busy = $state(false)
  problem = $state('')

  /** Do it; whether it was done. `refused` hears of what was thrown, when the sentence is not all. */
  async make(act: () => Promise<void>, refused: (error: unknown) => void = () => undefined): Promise<boolean> {
    this.busy = true
    this.problem = ''
    try {
      await act()
      return true
    } catch (error) {
      this.problem = sentence(error)
      refused(error)
      return false
    } finally {
      this.busy = false
    }
  }
}
