/** Reads something again when it stirs: one request in flight, and never more often than is calm, however much the feed brings. */
import { isAbort } from '../api/errors'

export interface CalmOptions<T> {
  ask: (signal: AbortSignal) => Promise<T>
  /** What was read last; an answer that was overtaken is not told. */
  onRead: (value: T) => void
  onTrouble: (error: unknown) => void
  /** Least time from the beginning of one reading to the next, milliseconds. */
  every?: number
  clock?: () => number
}

export class Calm<T> {
  private asking: AbortController | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private again = false
  private begun = -Infinity
  private stopped = false
  private readonly every: number
  private readonly clock: () => number

  constructor(private readonly options: CalmOptions<T>) {
    this.every = options.every ?? 1000
    this.clock = options.clock ?? (() => performance.now())
  }

  /** Read it as soon as is calm; asked many times meanwhile, it is read once. */
  soon(): void {
    if (this.stopped) return
    if (this.asking !== null) {
      this.again = true
      return
    }
    this.timer ??= setTimeout(() => void this.now(), Math.max(0, this.begun + this.every - this.clock()))
  }

  /** Read it now, instead of what is being read. */
  async now(): Promise<void> {
    this.asking?.abort()
    clearTimeout(this.timer)
    this.timer = undefined
    const mine = (this.asking = new AbortController())
    this.again = false
    this.begun = this.clock()
    try {
      const value = await this.options.ask(mine.signal)
      if (this.asking === mine) this.options.onRead(value)
    } catch (error) {
      if (this.asking === mine && !isAbort(error)) this.options.onTrouble(error)
    } finally {
      if (this.asking === mine) {
        this.asking = null
        if (this.again) this.soon()
      }
    }
  }

  /** Something newer is known: what is on its way is of before, and is read once more. */
  overtake(): void {
    const busy = this.asking !== null
    this.asking?.abort()
    this.asking = null
    if (busy) this.soon()
  }

  stop(): void {
    this.stopped = true
    this.asking?.abort()
    this.asking = null
    clearTimeout(this.timer)
  }
}
