/** The member's own messages: read, kept true by the feed, seen and answered. */
import { isAbort, sentence } from '../api/errors'
import { answerMessage, listOwnMessages, markSeen, type OwnMessage } from '../api/responder'
import { feed } from '../feed/feed.svelte'
import { onLeft } from '../lib/session.svelte'
import { Outbox } from './outbox.svelte'

/** Answers come by other ways too (a text, a call), of which the feed says nothing here. */
const REFRESH_MS = 60_000

export class OwnMessages {
  list = $state.raw<readonly OwnMessage[] | null>(null)
  error = $state('')
  /** Somebody may be looking: the page is not behind another one. */
  visible = $state(document.visibilityState === 'visible')
  // Among the drafts, so that the next member at this desk does not send what this one began.
  readonly outbox = new Outbox<OwnMessage>({ key: 'vigie.draft.answers', send: answerMessage, onSent: (_to, message) => this.put(message) })
  private reading = false
  private again = false
  private readonly told = new Set<string>()

  /** Keep them true for as long as the screen stands. Returns what ends it. */
  follow(): () => void {
    const look = (): void => {
      this.visible = document.visibilityState === 'visible'
      if (this.visible) void this.read()
    }
    const stops = [
      feed.listen({
        onEvent: ({ kind }) => {
          if (kind === 'message.for_you') void this.read()
        },
        onReload: () => void this.read(),
      }),
      this.outbox.start(),
    ]
    const timer = setInterval(look, REFRESH_MS)
    document.addEventListener('visibilitychange', look)
    void feed.ready().then(() => this.read())
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
      for (const stop of stops) stop()
    }
  }

  async read(): Promise<void> {
    if (this.reading) {
      this.again = true
      return
    }
    this.reading = true
    try {
      do {
        this.again = false
        this.list = await listOwnMessages()
        this.error = ''
      } while (this.again)
    } catch (error) {
      if (!isAbort(error)) this.error = sentence(error)
    } finally {
      this.reading = false
    }
  }

  /** Say that it stands on the screen. Where that does not get through, the next reading says so again. */
  async seen(id: string): Promise<void> {
    if (this.told.has(id)) return
    this.told.add(id)
    try {
      await markSeen(id)
      const at = new Date().toISOString()
      this.list = this.list?.map((one) => (one.id === id && one.seen_at === null ? { ...one, seen_at: at } : one)) ?? null
    } catch {
      this.told.delete(id)
    }
  }

  private put(message: OwnMessage): void {
    this.list = this.list?.map((one) => (one.id === message.id ? message : one)) ?? null
  }
}

/** The messages of who is signed in; what was of one member is not the next one's. */
let kept: OwnMessages | null = null
export function ownMessages(): OwnMessages {
  return (kept ??= new OwnMessages())
}
onLeft(() => (kept = null))
