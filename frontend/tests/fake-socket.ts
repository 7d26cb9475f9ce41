/** A socket that the test plays the server of. */
import type { SocketLike } from '../src/lib/steady-socket'

export class FakeSocket implements SocketLike {
  static all: FakeSocket[] = []
  binaryType: BinaryType = 'blob'
  onopen: ((event: Event) => void) | null = null
  onmessage: ((event: MessageEvent) => void) | null = null
  onclose: ((event: CloseEvent) => void) | null = null
  sent: unknown[] = []
  closed = false

  constructor(readonly address: string) {
    FakeSocket.all.push(this)
  }
  static create = (address: string): FakeSocket => new FakeSocket(address)
  static get newest(): FakeSocket {
    const last = FakeSocket.all.at(-1)
    if (last === undefined) throw new Error('no socket was opened')
    return last
  }
  send(data: string): void {
    this.sent.push(JSON.parse(data))
  }
  close(): void {
    this.closed = true
  }
  open(): void {
    this.onopen?.(new Event('open'))
  }
  say(message: object | ArrayBuffer): void {
    const data = message instanceof ArrayBuffer ? message : JSON.stringify(message)
    this.onmessage?.(new MessageEvent('message', { data }))
  }
  cut(code = 1006): void {
    this.onclose?.({ code } as CloseEvent)
  }
}
