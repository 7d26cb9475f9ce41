/** The simulated phones as they stand, and what was answered from them in this page. */
import { ApiError, sentence } from '../api/errors'
import { listPhones, type Phone } from '../api/phones'
import { feed } from '../feed/feed.svelte'
import { onLeft } from '../lib/session.svelte'

/** However many receive something, the list is read so often at most. */
const PAUSE_MS = 1_000

/** Something answered from a phone here: a real one shows it too. The server keeps what becomes of it. */
export interface Said {
  at: number
  text: string
  /** The call or e-mail that it answers; `null`: a text. */
  message: string | null
}

class Phones {
  list = $state.raw<readonly Phone[] | null>(null)
  error = $state('')
  /** The installation does not simulate. */
  none = $state(false)
  said = $state.raw<ReadonlyMap<string, readonly Said[]>>(new Map())
  private reading = false
  private again = false

  /** Keep them true for as long as the page stands. Returns what ends it. */
  follow(): () => void {
    const stop = feed.listen({
      onEvent: ({ kind }) => {
        if (kind === 'simulated.received') void this.read()
      },
      onReload: () => void this.read(),
    })
    void feed.ready().then(() => this.read())
    return stop
  }

  async read(): Promise<void> {
    if (this.reading) {
      this.again = true
      return
    }
    this.reading = true
    do {
      this.again = false
      try {
        this.list = await listPhones()
        this.error = ''
        this.none = false
      } catch (error) {
        this.none = error instanceof ApiError && error.code === 'no_simulation'
        this.error = sentence(error)
      }
      await new Promise((done) => setTimeout(done, PAUSE_MS))
    } while (this.again)
    this.reading = false
  }

  /** Note what was answered from a phone. */
  note(to: string, said: Said): void {
    this.said = new Map([...this.said, [to, [...(this.said.get(to) ?? []), said]]])
  }

  forget(): void {
    this.list = null
    this.said = new Map()
  }
}
export const phones = new Phones()
onLeft(() => phones.forget())
