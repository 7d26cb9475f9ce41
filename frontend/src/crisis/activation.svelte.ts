/** One activation as its screen knows it: read again when the feed says that it moved, and at once after an own decision. */
import { readActivation, type Activation } from '../api/activations'
import { ApiError, sentence } from '../api/errors'
import { feed } from '../feed/feed.svelte'
import type { FeedEvent } from '../feed/protocol'
import { say } from '../lib/notices.svelte'
import { Calm } from './calm'

/** What the feed says of activations. */
const KINDS = ['activation.changed', 'activation.progress', 'activation.help', 'instruction.given', 'talk.opened', 'talk.closed']

export function concerns(event: FeedEvent, id: string): boolean {
  return KINDS.includes(event.kind) && event.payload['activation'] === id
}

export class ActivationState {
  value = $state.raw<Activation | null>(null)
  problem = $state.raw<unknown>(null)
  /** Grows with each reading: the log and the people are then read again too. */
  reading = $state(0)
  /** Whether an own decision is on its way. */
  busy = $state(false)
  private readonly calm: Calm<Activation>

  constructor(private readonly id: string) {
    this.calm = new Calm({
      ask: (signal) => readActivation(id, signal),
      onRead: (value) => this.show(value),
      onTrouble: (error) => (this.problem = error),
    })
  }

  read(): Promise<void> {
    return this.calm.now()
  }

  /** Follow the feed until the returned function is called. */
  follow(): () => void {
    void feed.ready().then(() => this.read())
    const leave = feed.listen({
      onEvent: (event) => {
        if (concerns(event, this.id)) this.calm.soon()
      },
      onReload: () => void this.read(),
    })
    return () => {
      leave()
      this.calm.stop()
    }
  }

  /** Decide something: the answer is the activation after it. What is refused is thrown, for the dialog that asked. */
  async decide(call: () => Promise<Activation>): Promise<void> {
    this.busy = true
    try {
      const value = await call()
      this.calm.overtake()
      this.show(value)
    } catch (error) {
      // Somebody was first, or it went on meanwhile: show what is.
      if (error instanceof ApiError && error.status === 409) void this.read()
      throw error
    } finally {
      this.busy = false
    }
  }

  /** The same where no dialog is open: a refusal is said. Whether it was done. */
  async attempt(call: () => Promise<Activation>): Promise<boolean> {
    try {
      await this.decide(call)
      return true
    } catch (error) {
      say(sentence(error), true)
      return false
    }
  }

  private show(value: Activation): void {
    this.value = value
    this.problem = null
    this.reading += 1
  }
}
