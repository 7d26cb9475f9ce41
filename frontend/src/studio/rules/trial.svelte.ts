/** Trials of what is on the screen: asked anew when it changes, the old question forgotten. */
import { readTrial, startTrial, type Lookout } from '../../api/endpoints'
import { ApiError, sentence } from '../../api/errors'
import type { Trial } from '../../api/types'

/** How long nothing must change before the watcher is asked, milliseconds. */
export const SETTLED_MS = 350
const LOOK_AGAIN_MS = 300
/** What the watcher remembers grows and moves on: the same question is asked again, quietly. */
const QUIETLY_MS = 12_000
const BEGINNING_MS = 3_000
/** A colleague tries a rule on the same camera: ask again after this. */
const OTHERS_TURN_MS = 1_500

export type TrialPhase = 'idle' | 'asking' | 'done' | 'refused'

export class TrialRunner {
  phase = $state<TrialPhase>('idle')
  trial = $state.raw<Trial | null>(null)
  refusal = $state('')
  /** The answer to a change, which is read out; what is only brought up to date is not. */
  told = $state.raw<Trial | null>(null)
  /** The question that counts; an answer to an older one is nobody's. */
  private turn = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  /** Ask about this, once nothing has changed for a moment. */
  ask(lookout: Lookout, after = SETTLED_MS): void {
    this.phase = 'asking'
    this.later(lookout, after, false)
  }

  stop(): void {
    this.turn += 1
    clearTimeout(this.timer)
  }

  private later(lookout: Lookout, after: number, quiet: boolean): void {
    const turn = (this.turn += 1)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      if (quiet && document.hidden) this.later(lookout, after, true)
      else void this.run(lookout, turn, quiet)
    }, after)
  }

  private async run(lookout: Lookout, turn: number, quiet: boolean): Promise<void> {
    try {
      let answer = await startTrial(lookout)
      while (answer.state === 'asked' && turn === this.turn) {
        await pause(LOOK_AGAIN_MS)
        if (turn === this.turn) answer = await readTrial(answer.id)
      }
      if (turn !== this.turn) return
      this.trial = answer
      this.refusal = answer.state === 'answered' ? '' : answer.message
      this.phase = answer.state === 'answered' ? 'done' : 'refused'
      if (!quiet) this.told = answer
      this.later(lookout, answer.since === null ? BEGINNING_MS : QUIETLY_MS, true)
    } catch (error) {
      if (turn !== this.turn) return
      if (error instanceof ApiError && error.code === 'trial_under_way') return this.later(lookout, OTHERS_TURN_MS, quiet)
      if (quiet) return this.later(lookout, QUIETLY_MS, true)
      this.refusal = sentence(error)
      this.phase = 'refused'
    }
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
