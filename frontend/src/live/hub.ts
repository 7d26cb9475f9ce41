/** All tiles of a page share one socket; a camera is asked for while at least one tile shows it. */
import { SteadySocket, socketAddress, type Connection, type SocketLike } from '../lib/steady-socket'
import { parseFrame, parseText, type Boxes, type Format, type Frame, type StateText } from './protocol'

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
  private readonly followers = new Map<string, Set<(boxes: Boxes) => void>>()
  private readonly socket: SteadySocket

  constructor(options: { onRefused: (code: number) => void; onState?: (state: Connection) => void; create?: (address: string) => SocketLike; address?: (path: string) => string }) {
    const address = options.address ?? socketAddress
    this.socket = new SteadySocket({
      address: () => address('/ws/live/'),
      onOpen: () => {
        for (const [camera, watched] of this.cameras) this.ask(camera, watched)
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
      const first: Watched = { format, listeners: new Set([listener]) }
      this.cameras.set(camera, first)
      this.socket.start()
      this.ask(camera, first)
    } else {
      watched.listeners.add(listener)
      // Asked again, so that the new tile gets a key frame now; a tile that cannot show H.264 moves all to JPEG.
      if (format === 'jpeg' && watched.format !== 'jpeg') {
        watched.format = 'jpeg'
        this.socket.send({ unwatch: camera })
      }
      this.ask(camera, watched)
    }
    return () => this.leave(camera, listener)
  }

  /** Be told what is found in a camera's frames, while it is watched; returns how to stop. The server tells it only to who asks. */
  follow(camera: string, follower: (boxes: Boxes) => void): () => void {
    const known = this.followers.get(camera)
    if (known !== undefined) known.add(follower)
    else {
      this.followers.set(camera, new Set([follower]))
      if (this.cameras.has(camera)) this.socket.send({ follow: camera })
    }
    return () => {
      const followers = this.followers.get(camera)
      if (followers?.delete(follower) !== true || followers.size > 0) return
      this.followers.delete(camera)
      if (this.cameras.has(camera)) this.socket.send({ unfollow: camera })
    }
  }

  private ask(camera: string, watched: Watched): void {
    this.socket.send({ watch: camera, format: watched.format })
    if (this.followers.has(camera)) this.socket.send({ follow: camera })
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
      const text = parseText(data)
      if (text === null) return
      if ('boxes' in text) for (const follower of this.followers.get(text.camera) ?? []) follower(text)
      else for (const listener of this.cameras.get(text.camera)?.listeners ?? []) listener.onState(text)
      return
    }
    const frame = parseFrame(data)
    if (frame !== null) for (const listener of this.cameras.get(frame.camera)?.listeners ?? []) listener.onFrame(frame)
  }
}
