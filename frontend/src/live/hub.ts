/** All tiles of a page share one socket; a camera is asked for while at least one tile shows it. */
import { SteadySocket, socketAddress, type Connection, type SocketLike } from '../lib/steady-socket'
import { parseFrame, parseState, type Format, type Frame, type StateText } from './protocol'

export interface LiveListener {
  onFrame: (frame: Frame) => void
  onState: (state: StateText) => void
  onCut: () => void
}

interface Watched {
  format: Format
  listeners: Set<LiveListener>
}

export class LiveHub {
  connection: Connection = 'closed'
  private readonly cameras = new Map<string, Watched>()
  private readonly socket: SteadySocket

  constructor(options: { onRefused: (code: number) => void; onState?: (state: Connection) => void; create?: (address: string) => SocketLike; address?: (path: string) => string }) {
    const address = options.address ?? socketAddress
    this.socket = new SteadySocket({
      address: () => address('/ws/live/'),
      onOpen: () => {
        for (const [camera, { format }] of this.cameras) this.socket.send({ watch: camera, format })
      },
      onMessage: (data) => this.receive(data),
      onState: (state) => {
        this.connection = state
        options.onState?.(state)
        if (state === 'cut') for (const { listeners } of this.cameras.values()) for (const listener of listeners) listener.onCut()
      },
      onRefused: options.onRefused,
      create: options.create,
    })
  }

  /** Watch a camera; returns how to stop. The socket is open only while something is watched. */
  watch(camera: string, format: Format, listener: LiveListener): () => void {
    const watched = this.cameras.get(camera)
    if (watched === undefined) {
      this.cameras.set(camera, { format, listeners: new Set([listener]) })
      this.socket.start()
      this.socket.send({ watch: camera, format })
    } else {
      watched.listeners.add(listener)
      // Asked again, so that the new tile gets a key frame now; a tile that cannot show H.264 moves all to JPEG.
      if (format === 'jpeg' && watched.format !== 'jpeg') {
        watched.format = 'jpeg'
        this.socket.send({ unwatch: camera })
      }
      this.socket.send({ watch: camera, format: watched.format })
    }
    return () => this.leave(camera, listener)
  }

  private leave(camera: string, listener: LiveListener): void {
    const watched = this.cameras.get(camera)
    if (watched === undefined || !watched.listeners.delete(listener)) return
    if (watched.listeners.size > 0) return
    this.cameras.delete(camera)
    this.socket.send({ unwatch: camera })
    if (this.cameras.size === 0) this.socket.stop()
  }

  private receive(data: string | ArrayBuffer): void {
    if (typeof data === 'string') {
      const state = parseState(data)
      if (state !== null) for (const listener of this.cameras.get(state.camera)?.listeners ?? []) listener.onState(state)
      return
    }
    const frame = parseFrame(data)
    if (frame !== null) for (const listener of this.cameras.get(frame.camera)?.listeners ?? []) listener.onFrame(frame)
  }
}
