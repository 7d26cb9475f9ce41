/** The member's alert buttons and what came of those pressed, read again every few seconds while something is under way. */
import { confirmPress, pressButton, readButtons, type OwnButtons, type Pressed } from '../api/entrances'
import { ApiError, isAbort, sentence } from '../api/errors'
import { onLeft } from '../lib/session.svelte'

const SOON = 3_000
const SELDOM = 60_000

class OwnButtonsState {
  view = $state.raw<OwnButtons | null>(null)
  error = $state('')
  /** What was pressed once and waits for the second gesture, and when that answer came. */
  pressed = $state.raw<{ of: Pressed; at: number } | null>(null)
  busy = $state(false)
  problem = $state('')
  /** It was refused for good: what is shown is not what would happen. */
  refused = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined
  #reading: AbortController | null = null

  /** Read, and go on reading until the answer is called. */
  follow(): () => void {
    void this.read()
    const seen = (): void => { if (document.visibilityState === 'visible') void this.read() }
    document.addEventListener('visibilitychange', seen)
    return () => {
      document.removeEventListener('visibilitychange', seen)
      clearTimeout(this.#timer)
      this.#reading?.abort()
    }
  }

  async read(): Promise<void> {
    clearTimeout(this.#timer)
    this.#reading?.abort()
    const reading = (this.#reading = new AbortController())
    try {
      this.view = await readButtons(reading.signal)
      this.error = ''
    } catch (error) {
      if (isAbort(error)) return
      this.error = sentence(error)
    }
    const live = this.view?.calls.some((one) => one.state === 'asking' || one.state === 'running') ?? false
    this.#timer = setTimeout(() => void this.read(), live ? SOON : SELDOM)
  }

  /** The first gesture. */
  async press(id: string): Promise<void> {
    await this.#attempt(async () => {
      const of = await pressButton(id)
      this.pressed = { of, at: Date.now() }
      this.refused = false
    })
  }

  /** The second gesture. After a cut it is sent again as the same one. */
  async confirm(place: string): Promise<boolean> {
    const pressed = this.pressed
    if (pressed === null) return false
    return this.#attempt(async () => {
      await confirmPress(pressed.of, place)
      this.pressed = null
      await this.read()
    })
  }

  drop(): void {
    this.pressed = null
    this.problem = ''
    this.refused = false
  }

  forget(): void {
    this.drop()
    this.view = null
    this.error = ''
  }

  async #attempt(what: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    this.problem = ''
    try {
      await what()
      return true
    } catch (error) {
      this.problem = sentence(error)
      this.refused = error instanceof ApiError && error.status >= 400 && error.status < 500
      return false
    } finally {
      this.busy = false
    }
  }
}

export const ownButtons = new OwnButtonsState()
onLeft(() => ownButtons.forget())
