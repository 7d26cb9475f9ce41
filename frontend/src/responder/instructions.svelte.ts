/** What reaches a member on every screen: the instructions of the moment, and the word that something came for them. */
import { listInstructions } from '../api/instructions'
import { feed } from '../feed/feed.svelte'
import type { FeedEvent } from '../feed/protocol'
import { t } from '../lib/language.svelte'
import { say } from '../lib/notices.svelte'
import { path } from '../lib/router.svelte'
import { onLeft } from '../lib/session.svelte'
import { heard, type Held } from './heard'

const AGAIN_MS = 5_000

class Instructions {
  held = $state.raw<readonly Held[]>([])
  /** What was told while they were being read; `null` when they are not. */
  private meanwhile: FeedEvent[] | null = null

  /** Follow them for as long as somebody is signed in. Returns what ends it. */
  follow(): () => void {
    const stop = feed.listen({ onEvent: (event) => this.hear(event), onReload: () => void this.read() })
    void feed.ready().then(() => this.read())
    return stop
  }

  private hear(event: FeedEvent): void {
    const { kind, payload } = event
    if (kind === 'instruction.given') {
      this.meanwhile?.push(event)
      this.held = heard(this.held, event)
    } else if (kind === 'message.for_you' && path() !== '/me') say(t('me.came', { reference: String(payload['reference']) }), false, '/me')
    else if (kind === 'incoming.changed' && payload['help'] === true && payload['settled'] === false && path() !== '/crisis/texts') say(t('texts.help_came'), true, '/crisis/texts')
  }

  private async read(): Promise<void> {
    const meanwhile = (this.meanwhile = [] as FeedEvent[])
    try {
      const found = await listInstructions()
      if (this.meanwhile !== meanwhile) return // read anew since, or nobody is signed in any more
      const told = new Map(this.held.map((one) => [one.id, one.told]))
      this.held = meanwhile.reduce<readonly Held[]>(heard, found.map((one) => ({ ...one, told: told.get(one.id) ?? 0 })))
      this.meanwhile = null
    } catch {
      // The feed still says what is new. What holds already must not be missed: asked until there is an answer.
      setTimeout(() => {
        if (this.meanwhile === meanwhile) void this.read()
      }, AGAIN_MS)
    }
  }

  forget(): void {
    this.meanwhile = null
    this.held = []
  }
}
export const instructions = new Instructions()
onLeft(() => instructions.forget())
