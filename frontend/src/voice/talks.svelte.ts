/** Who speaks live to everyone connected, and their voice in this page's loudspeaker. */
import { listTalks, type Talk } from '../api/voice'
import { feed } from '../feed/feed.svelte'
import type { FeedEvent } from '../feed/protocol'
import { preferences } from '../lib/preferences.svelte'
import { onLeft, session } from '../lib/session.svelte'
import { lasting, speaking } from './heard'
import type { openVoice, Voice } from './player'
import type { pieceFrom } from './webm'

/** What plays a voice: brought by the first who speaks, as most pages never hear anybody. */
interface Tools {
  openVoice: typeof openVoice
  pieceFrom: typeof pieceFrom
}

class Talks {
  open = $state.raw<readonly Talk[]>([])
  /** Seconds of live voice that this page has played. */
  played = $state(0)
  /** The browser plays nothing before somebody has pressed something in this page. */
  blocked = $state(false)
  /** This browser can play no live voice at all. */
  deaf = $state(false)
  /** Asked for by hand, although sound is off. */
  private wanted = $state.raw<ReadonlySet<string>>(new Set())
  private tools: Tools | null = null
  private readonly voices = new Map<string, Voice>()
  private readonly before = new Map<string, number>()

  /** Follow them for as long as somebody is signed in. Returns what ends it. */
  follow(): () => void {
    const stop = feed.listen({ onEvent: (event) => this.hear(event), onBytes: (data) => this.sound(data), onReload: () => void this.read() })
    void feed.ready().then(() => this.read())
    const timer = setInterval(() => this.show(lasting(this.open, Date.now())), 5_000)
    return () => {
      stop()
      clearInterval(timer)
      this.forget()
    }
  }

  /** Whether their voice is to sound here: not one's own, and only with sound on or asked for. */
  sounds(talk: Talk): boolean {
    return talk.speaker.id !== session.view?.member.id && (preferences.sound || this.wanted.has(talk.id))
  }

  listen(talk: Talk): void {
    this.wanted = new Set([...this.wanted, talk.id])
    void this.voice(talk.id)?.resume()
  }

  forget(): void {
    this.show([])
    this.wanted = new Set()
  }

  private hear(event: FeedEvent): void {
    if (event.kind === 'talk.opened' || event.kind === 'talk.closed') this.show(speaking(this.open, event))
  }

  private async read(): Promise<void> {
    try {
      this.show(await listTalks())
    } catch {
      // The feed tells of the next one, and what is said now is heard all the same once it is known whose it is.
    }
  }

  private show(open: readonly Talk[]): void {
    if (open.length === 0 && this.open.length === 0) return
    this.open = open
    if (open.length > 0) void this.bring()
    for (const [id, voice] of this.voices) {
      if (open.some((one) => one.id === id)) continue
      voice.close()
      this.voices.delete(id)
      this.blocked = false
    }
  }

  private async bring(): Promise<void> {
    if (this.tools !== null) return
    try {
      const [player, webm] = await Promise.all([import('./player'), import('./webm')])
      this.tools = { openVoice: player.openVoice, pieceFrom: webm.pieceFrom }
    } catch {
      // Without a network nobody is heard either; tried again with the next who speaks.
    }
  }

  private sound(data: ArrayBuffer): void {
    const piece = this.tools?.pieceFrom(data) ?? null
    const talk = piece === null ? undefined : this.open.find((one) => one.id === piece.talk)
    if (piece === null || talk === undefined || !this.sounds(talk)) return
    this.voice(talk.id)?.push(piece.packets)
  }

  private voice(id: string): Voice | null {
    const known = this.voices.get(id)
    if (known !== undefined) return known
    if (this.tools === null) return null
    const made = this.tools.openVoice({
      volume: Math.min(1, Math.max(0.1, preferences.volume / 100)),
      onPlayed: (seconds) => {
        this.played += Math.max(0, seconds - (this.before.get(id) ?? 0))
        this.before.set(id, seconds)
      },
      onBlocked: (blocked) => (this.blocked = blocked),
    })
    this.deaf = made === null
    if (made !== null) this.voices.set(id, made)
    return made
  }
}
export const talks = new Talks()
onLeft(() => talks.forget())
