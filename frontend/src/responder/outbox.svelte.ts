/** Answers on their way: each stays here, and on this device, until the server has it. */
import { ApiError, sentence } from '../api/errors'
import type { AnswerKind, Entered } from '../api/responder'
import { t } from '../lib/language.svelte'

/** An answer that has not arrived yet. */
export interface Waiting extends Entered {
  /** Which message it answers. */
  to: string
  /** When it was given, milliseconds. */
  at: number
  /** Why the server will not have it, a sentence; empty: it is sent again. */
  refused: string
}

export interface Answer {
  kind: AnswerKind
  text?: string
  place?: string
}

const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 30_000
/** What was entered longer ago, in a page that was closed since, is not sent unasked: it may not be so any more. */
const STALE_MS = 3_600_000

interface Options<T> {
  /** Where answers are kept on this device. */
  key: string
  send: (to: string, answer: Entered) => Promise<T>
  onSent: (to: string, answer: T) => void
  store?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** Calls after so many milliseconds; returns what forgets it. */
  later?: (what: () => void, ms: number) => () => void
}

export class Outbox<T> {
  waiting = $state.raw<readonly Waiting[]>([])
  /** The last try did not get through: the sentence that says so. */
  trouble = $state('')
  private sending = false
  private tries = 0
  private forgetRetry: () => void = () => undefined
  private readonly later: NonNullable<Options<T>['later']>

  constructor(private readonly options: Options<T>) {
    this.later = options.later ?? after
    this.waiting = this.kept()
  }

  /** Send what waits, and again when the network is back. Returns what ends it. */
  start(): () => void {
    const hurry = (): void => this.hurry()
    addEventListener('online', hurry)
    hurry()
    return () => {
      removeEventListener('online', hurry)
      this.forgetRetry()
    }
  }

  /** Give an answer: it is kept at once, and sent as soon as it can be. */
  give(to: string, { kind, text = '', place = '' }: Answer): void {
    this.keep([...this.waiting, { to, kind, text: text.trim(), place: place.trim(), once: uuid(), at: Date.now(), refused: '' }])
    this.hurry()
  }

  /** Try now, whatever the pause. What was refused is tried too. */
  again(): void {
    this.keep(this.waiting.map((one) => ({ ...one, refused: '' })))
    this.hurry()
  }

  /** Give up an answer that the server will not have. */
  drop(once: string): void {
    this.keep(this.waiting.filter((one) => one.once !== once))
  }

  private hurry(): void {
    this.tries = 0
    void this.flush()
  }

  private async flush(): Promise<void> {
    if (this.sending) return
    this.forgetRetry()
    this.sending = true
    try {
      for (let next = this.next(); next !== undefined; next = this.next()) {
        if (!(await this.deliver(next))) return
      }
      this.trouble = ''
    } finally {
      this.sending = false
    }
  }

  private next(): Waiting | undefined {
    return this.waiting.find((one) => one.refused === '')
  }

  /** Send one; `false` when nothing gets through now. */
  private async deliver({ to, at: _at, refused: _refused, ...answer }: Waiting): Promise<boolean> {
    try {
      const taken = await this.options.send(to, answer)
      this.tries = 0
      this.drop(answer.once)
      this.options.onSent(to, taken)
      return true
    } catch (error) {
      if (error instanceof ApiError && isFinal(error.status)) {
        this.keep(this.waiting.map((one) => (one.once === answer.once ? { ...one, refused: error.message } : one)))
        return true
      }
      this.trouble = sentence(error)
      this.forgetRetry = this.later(() => void this.flush(), Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.tries))
      this.tries += 1
      return false
    }
  }

  private keep(waiting: readonly Waiting[]): void {
    this.waiting = waiting
    try {
      if (waiting.length === 0) this.store()?.removeItem(this.options.key)
      else this.store()?.setItem(this.options.key, JSON.stringify({ at: Date.now(), base: '', value: waiting }))
    } catch {
      // Nothing can be kept on this device: the page holds it until it is left.
    }
  }

  private kept(): readonly Waiting[] {
    try {
      const text = this.store()?.getItem(this.options.key) ?? null
      const found = text === null ? [] : (JSON.parse(text) as { value: readonly Waiting[] }).value
      return found.map((one) => (Date.now() - one.at > STALE_MS ? { ...one, refused: t('answer.old') } : one))
    } catch {
      return [] // unreadable, or not allowed: there is nothing
    }
  }

  private store(): Options<T>['store'] {
    return this.options.store ?? localStorage
  }
}

/** The same request would be refused again: neither the network, nor a server that is away or busy, nor a sign-in that ran out. */
function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 408, 429].includes(status)
}

function after(what: () => void, ms: number): () => void {
  const timer = setTimeout(what, ms)
  return () => clearTimeout(timer)
}

/** A random UUID; the browser's own is there over HTTPS only. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
