/** What was drawn before: undone and done again, step by step. */

export class History<T> {
  private steps = $state.raw<readonly T[]>([])
  private at = $state(-1)

  readonly canUndo = $derived(this.at > 0)
  readonly canRedo = $derived(this.at < this.steps.length - 1)

  /** Begin anew from here. */
  reset(first: T): void {
    this.steps = [first]
    this.at = 0
  }

  /** A step was taken; what had been undone is forgotten. A step that changes nothing is none. */
  push(step: T): void {
    if (JSON.stringify(step) === JSON.stringify(this.steps[this.at])) return
    this.steps = [...this.steps.slice(0, this.at + 1), step]
    this.at = this.steps.length - 1
  }

  undo(): T | undefined {
    if (this.at > 0) this.at -= 1
    return this.steps[this.at]
  }

  redo(): T | undefined {
    if (this.at < this.steps.length - 1) this.at += 1
    return this.steps[this.at]
  }
}
