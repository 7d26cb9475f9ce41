/** The live feed: passes every event on once, catches up after a cut, and says when lists must be read again. */
import { SteadySocket, socketAddress, type Connection, type SocketLike } from '../lib/steady-socket'
import { parseFeed, type FeedEvent } from './protocol'

export interface FeedOptions {
  onEvent: (event: FeedEvent) => void
  /** A piece of what somebody says live. */
  onBytes?: (data: ArrayBuffer) => void
  /** Lists must be read from the API: at the start, and when the gap was too long to replay. */
  onReload: () => void
  onState: (state: Connection) => void
  onRefused: (code: number) => void
  create?: (address: string) => SocketLike
  address?: (path: string) => string
}

export class Feed {
  /** The number of the newest event that was passed on; `null` before the first hello. */
  last: number | null = null
  private greeted: number | null = null
  private readonly socket: SteadySocket

  constructor(private readonly options: FeedOptions) {
    const address = options.address ?? socketAddress
    this.socket = new SteadySocket({
      address: () => address(this.last === null ? '/ws/feed/?sound=1' : `/ws/feed/?after=${this.last}&sound=1`),
      onMessage: (data) => {
        if (typeof data === 'string') this.receive(data)
        else options.onBytes?.(data)
      },
      onState: options.onState,
      onRefused: options.onRefused,
      create: options.create,
    })
  }

  start(): void {
    this.socket.start()
  }

  stop(): void {
    this.socket.stop()
  }

  private receive(text: string): void {
    const message = parseFeed(text)
    if (message === null) return
    if (message.type === 'hello') this.greet(message.number)
    else if (message.type === 'reset') this.restart(message.number ?? this.greeted)
    else this.pass(message.event)
  }

  private greet(number: number): void {
    this.greeted = number
    // Subscribed first, lists read after: nothing can fall between the two. A number that went back is another database.
    if (this.last === null || number < this.last) this.restart(number)
  }

  private restart(number: number | null): void {
    this.last = number
    this.options.onReload()
  }

  private pass(event: FeedEvent): void {
    if (event.number !== null) {
      if (this.last !== null && event.number <= this.last) return
      this.last = event.number
    }
    this.options.onEvent(event)
  }
}
