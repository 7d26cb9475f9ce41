/** What the facts in a form allow, asked of the server while they are entered; the newest question counts. */
import { askLawful, type LawfulAnswer, type LawfulQuestion } from '../../api/cameras'
import { isAbort, sentence } from '../../api/errors'
import type { PlaceKind } from '../../api/types'

const PAUSE_MS = 250

export class LawfulPreview {
  answer = $state.raw<LawfulAnswer | null>(null)
  problem = $state('')
  private asking: AbortController | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private question: LawfulQuestion | null = null

  /** Ask soon: typing on asks anew. */
  ask(question: LawfulQuestion): void {
    this.question = question
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.send(), this.answer === null ? 0 : PAUSE_MS)
  }

  retry(): void {
    void this.send()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.asking?.abort()
  }

  /** Fields that this kind of place asks for, as the server says; none before it answered. */
  asksFor(place: PlaceKind): ReadonlySet<string> {
    return new Set(this.answer?.places.find((one) => one.place === place)?.facts ?? [])
  }

  private async send(): Promise<void> {
    this.asking?.abort()
    const mine = (this.asking = new AbortController())
    if (this.question === null) return
    try {
      this.answer = await askLawful(this.question, mine.signal)
      this.problem = ''
    } catch (error) {
      if (!isAbort(error)) this.problem = sentence(error)
    }
  }
}
