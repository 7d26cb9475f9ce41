/** A recent proof: what is refused for want of one is asked for in a dialog, and then tried again. */
import { ApiError } from '../api/errors'

class ProofState {
  /** Somebody waits for the dialog's answer. */
  asked = $state(false)
  private settle: ((given: boolean) => void) | null = null

  ask(): Promise<boolean> {
    this.settle?.(false)
    this.asked = true
    return new Promise((resolve) => (this.settle = resolve))
  }

  answer(given: boolean): void {
    this.asked = false
    this.settle?.(given)
    this.settle = null
  }
}
export const proof = new ProofState()

/** Do what changes a way in; `null` when the member did not show that it is them. */
export async function withProof<T>(action: () => Promise<T>): Promise<T | null> {
  try {
    return await action()
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'proof_needed') throw error
  }
  return (await proof.ask()) ? action() : null
}
