/** The page's one voice: plays what the server has spoken, one instruction after the other, and says when the browser lets it not. */
import { ApiError, sentence } from '../api/errors'
import { readSound } from '../api/responder'
import { isRecord } from '../feed/protocol'
import { t } from '../lib/language.svelte'
import { preferences } from '../lib/preferences.svelte'
import { onLeft } from '../lib/session.svelte'
import type { Held } from './heard'

export interface ToSay {
  id: string
  language: string
  /** Where an instruction is heard without a session, for an hour. */
  address?: string | undefined
  /** Fetches the sound of what is no instruction. */
  read?: () => Promise<Blob>
}

/** What is said of an instruction. Without an address, as told by a server of before, it is heard with the session. */
export function toSay({ id, sounds }: Pick<Held, 'id' | 'sounds'>, language: string): ToSay {
  const address = isRecord(sounds) ? sounds[language] : undefined
  return { id, language, address: typeof address === 'string' ? address : undefined }
}

class Voice {
  /** The instruction that is being spoken. */
  speaking = $state<string | null>(null)
  /** How far it is, 0 to 1. */
  progress = $state(0)
  /** How long it lasts, seconds; 0 while that is not known. */
  seconds = $state(0)
  /** The browser plays nothing before somebody has pressed something in this page. */
  blocked = $state(false)
  /** Why it cannot be heard, a sentence, and what. */
  problem = $state('')
  about = $state('')
  private readonly sounds = new Map<string, string>()
  private player: HTMLAudioElement | null = null
  private turn = 0

  /** Speak these, the first one first. What is being spoken stops: what came last counts. */
  async say(these: readonly ToSay[]): Promise<void> {
    const turn = (this.turn += 1)
    this.player?.pause()
    this.problem = ''
    for (const one of these) {
      if (turn !== this.turn) return
      this.about = one.id
      try {
        await this.play(one, turn)
      } catch (error) {
        const name = error instanceof DOMException ? error.name : ''
        if (name === 'NotAllowedError') this.blocked = true
        else if (name !== 'AbortError') this.problem = name === '' ? sentence(error) : t('instruction.no_sound')
        break
      }
    }
    if (turn === this.turn) this.speaking = null
  }

  stop(): void {
    this.turn += 1
    this.player?.pause()
    this.speaking = null
  }

  forget(): void {
    this.stop()
    for (const address of this.sounds.values()) URL.revokeObjectURL(address)
    this.sounds.clear()
    this.problem = ''
  }

  private async play({ id, language, address: signed, read }: ToSay, turn: number): Promise<void> {
    const key = `${id} ${language}`
    let address = this.sounds.get(key)
    if (address === undefined) {
      address = URL.createObjectURL(await (read?.() ?? readSound(id, language, signed)))
      this.sounds.set(key, address)
    }
    if (turn !== this.turn) return
    const player = (this.player ??= new Audio())
    player.src = address
    player.volume = Math.min(1, Math.max(0.1, preferences.volume / 100))
    this.progress = 0
    this.seconds = 0
    this.speaking = id
    await new Promise<void>((resolve, reject) => {
      player.onloadedmetadata = () => (this.seconds = player.duration)
      player.ontimeupdate = () => (this.progress = player.duration > 0 ? player.currentTime / player.duration : 0)
      player.onended = player.onpause = () => resolve()
      player.onerror = () => reject(new ApiError(0, 'sound', t('instruction.no_sound')))
      player.play().then(() => (this.blocked = false), reject)
    })
  }
}
export const voice = new Voice()
onLeft(() => voice.forget())

const KEPT = 'vigie.spoken'

/** Which of these have not been spoken in this tab yet; they are taken for spoken from now on. */
export function notSpoken(these: readonly { id: string; told: number }[]): string[] {
  const before = spoken()
  const now = these.map((one) => `${one.id}:${one.told}`)
  const fresh = these.filter((one) => one.told > 0 ? !before.has(`${one.id}:${one.told}`) : ![...before].some((known) => known.startsWith(`${one.id}:`)))
  try {
    sessionStorage.setItem(KEPT, JSON.stringify([...new Set([...before, ...now])].slice(-50)))
  } catch {
    // It is then spoken again when the page is loaded anew.
  }
  return fresh.map((one) => one.id)
}

function spoken(): Set<string> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? '[]')
    return new Set(Array.isArray(kept) ? kept.map(String) : [])
  } catch {
    return new Set()
  }
}
