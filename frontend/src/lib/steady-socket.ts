/** A WebSocket that comes back by itself: it reconnects with growing pauses and says at once when it is cut. */

export type Connection = 'connecting' | 'open' | 'cut' | 'closed'

/** The part of a WebSocket that is used here, so that tests can stand in for it. */
export interface SocketLike {
  binaryType: BinaryType
  onopen: ((event: Event) => void) | null
  onmessage: ((event: MessageEvent) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  send(data: string): void
  close(code?: number): void
}

export interface SteadySocketOptions {
  /** Asked anew for every attempt, so that the address can carry the last number seen. */
  address: () => string
  onOpen?: () => void
  onMessage: (data: string | ArrayBuffer) => void
  onState: (state: Connection) => void
  /** The server closed it for good: not signed in, or a right was taken away. */
  onRefused: (code: number) => void
  create?: (address: string) => SocketLike
  /** Between 0 and 1: spreads the attempts of many browsers. */
  random?: () => number
}

/** Close codes after which trying again is no use. */
export const NOT_SIGNED_IN = 4401
export const RIGHT_REVOKED = 4403

const FIRST_PAUSE = 500
const LONGEST_PAUSE = 15_000

/** How long to wait before attempt `attempt` (0, 1, 2, …): doubling, capped, and spread by up to a half. */
export function pause(attempt: number, random: () => number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt) * (0.5 + random() / 2)
}

export class SteadySocket {
  private socket: SocketLike | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private attempt = 0
  private stopped = true

  constructor(private readonly options: SteadySocketOptions) {}

  start(): void {
    if (!this.stopped) return
    this.stopped = false
    this.attempt = 0
    if (typeof addEventListener === 'function') {
      addEventListener('online', this.hurry)
      addEventListener('offline', this.drop)
    }
    this.connect()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    if (typeof removeEventListener === 'function') {
      removeEventListener('online', this.hurry)
      removeEventListener('offline', this.drop)
    }
    const opened = this.attempt === 0
    const socket = this.release()
    if (opened) socket?.close(1000)
    // Browsers call it an error when a socket is closed before it is open: a tile that was only passing by is none.
    else if (socket !== null) socket.onopen = () => socket.close(1000)
    this.options.onState('closed')
  }

  /** Send when open; what is said while cut is lost, so callers say it again in `onOpen`. */
  send(message: object): void {
    if (this.attempt === 0 && this.socket !== null) this.socket.send(JSON.stringify(message))
  }

  private connect(): void {
    this.options.onState('connecting')
    const create = this.options.create ?? ((address: string) => new WebSocket(address))
    const socket = create(this.options.address())
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      this.attempt = 0
      this.options.onState('open')
      this.options.onOpen?.()
    }
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.options.onMessage(event.data)
    socket.onclose = (event) => this.closed(event.code)
    this.socket = socket
    this.attempt += 1
  }

  private closed(code: number): void {
    this.release()
    if (this.stopped) return
    if (code === NOT_SIGNED_IN || code === RIGHT_REVOKED) {
      this.stopped = true
      this.options.onState('closed')
      this.options.onRefused(code)
      return
    }
    this.options.onState('cut')
    this.timer = setTimeout(() => this.connect(), pause(Math.max(0, this.attempt - 1), this.options.random ?? Math.random))
  }

  /** The browser says the network is back: do not wait out the pause. */
  private readonly hurry = (): void => {
    if (this.stopped || this.socket !== null) return
    clearTimeout(this.timer)
    this.attempt = 0
    this.connect()
  }

  /** The browser says the network is gone: the socket would only notice minutes later. */
  private readonly drop = (): void => {
    if (this.socket === null) return
    this.socket.close()
    this.closed(1006)
  }

  private release(): SocketLike | null {
    const socket = this.socket
    if (socket !== null) socket.onopen = socket.onmessage = socket.onclose = null
    this.socket = null
    return socket
  }
}

/** The address of a socket on our own server. */
export function socketAddress(path: string): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`
}
