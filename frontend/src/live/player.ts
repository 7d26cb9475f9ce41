/** Draws one camera's frames on a canvas: H.264 by WebCodecs, else JPEG. The latest picture wins. */
import { Continuity, codecOf, type Format, type Frame } from './protocol'

export interface PlayerOptions {
  canvas: HTMLCanvasElement
  onPicture: (capturedAt: number, pixelated: boolean) => void
  /** The picture that was taken then is on the canvas now. */
  onDrawn?: (capturedAt: number) => void
  /** H.264 does not work in this browser after all: ask for JPEG. */
  onGiveUp: () => void
}

/** A decoder this far behind skips to the next key frame. */
const LONGEST_QUEUE = 8
const MOST_ERRORS = 3

let supported: Promise<Format> | undefined

/** The best format this browser can show. WebCodecs exists in secure contexts only. */
export function bestFormat(): Promise<Format> {
  supported ??= (async (): Promise<Format> => {
    if (typeof VideoDecoder === 'undefined') return 'jpeg'
    try {
      const answer = await VideoDecoder.isConfigSupported({ codec: 'avc1.42c01f', optimizeForLatency: true })
      return answer.supported === true ? 'h264' : 'jpeg'
    } catch {
      return 'jpeg'
    }
  })()
  return supported
}

export class Player {
  private decoder: VideoDecoder | null = null
  private codec = ''
  private readonly continuity = new Continuity()
  private readonly context: CanvasRenderingContext2D | null
  private readonly pixelated = new Map<number, boolean>()
  private latest: VideoFrame | ImageBitmap | null = null
  private latestAt = 0
  private drawing = 0
  private newestJpeg = -1
  private errors = 0
  private closed = false
  /** Pictures that this computer left out, because decoding fell behind. */
  skipped = 0

  constructor(private readonly options: PlayerOptions) {
    this.context = options.canvas.getContext('2d', { alpha: false })
  }

  /** Pictures that did not come, because the connection was slow. */
  get missed(): number {
    return this.continuity.missed
  }

  show(frame: Frame): void {
    if (this.closed || !this.continuity.accept(frame)) return
    if (frame.format === 'jpeg') void this.showJpeg(frame)
    else this.decode(frame)
  }

  close(): void {
    this.closed = true
    cancelAnimationFrame(this.drawing)
    this.latest?.close()
    this.latest = null
    if (this.decoder !== null && this.decoder.state !== 'closed') this.decoder.close()
  }

  private decode(frame: Frame): void {
    if (frame.key && !this.configure(frame)) return
    const decoder = this.decoder
    if (decoder === null || decoder.state !== 'configured') return this.continuity.lose()
    if (decoder.decodeQueueSize > LONGEST_QUEUE) {
      this.skipped += 1
      return this.continuity.lose()
    }
    const timestamp = Math.round(frame.capturedAt * 1000)
    this.pixelated.set(timestamp, frame.pixelated)
    decoder.decode(new EncodedVideoChunk({ type: frame.key ? 'key' : 'delta', timestamp, data: frame.payload }))
  }

  private configure(frame: Frame): boolean {
    const codec = codecOf(frame.payload) ?? this.codec
    if (codec === '') {
      this.continuity.lose()
      return false
    }
    if (this.decoder?.state === 'configured' && codec === this.codec) return true
    if (this.decoder !== null && this.decoder.state !== 'closed') this.decoder.close()
    this.codec = codec
    this.decoder = new VideoDecoder({ output: (picture) => this.decoded(picture), error: () => this.failed() })
    this.decoder.configure({ codec, optimizeForLatency: true })
    return true
  }

  private decoded(picture: VideoFrame): void {
    this.errors = 0
    const capturedAt = picture.timestamp / 1000
    const pixelated = this.pixelated.get(picture.timestamp) ?? false
    for (const timestamp of this.pixelated.keys()) if (timestamp <= picture.timestamp) this.pixelated.delete(timestamp)
    this.put(picture, capturedAt, pixelated)
  }

  private failed(): void {
    this.decoder = null
    this.continuity.lose()
    this.errors += 1
    if (this.errors >= MOST_ERRORS && !this.closed) this.options.onGiveUp()
  }

  private async showJpeg(frame: Frame): Promise<void> {
    let picture: ImageBitmap
    try {
      picture = await createImageBitmap(new Blob([frame.payload], { type: 'image/jpeg' }))
    } catch {
      return // a damaged picture is left out; the tile says stale if no good one follows
    }
    if (this.closed || frame.capturedAt < this.newestJpeg) return picture.close()
    this.newestJpeg = frame.capturedAt
    this.put(picture, frame.capturedAt, frame.pixelated)
  }

  private put(picture: VideoFrame | ImageBitmap, capturedAt: number, pixelated: boolean): void {
    this.latest?.close()
    this.latest = picture
    this.latestAt = capturedAt
    this.options.onPicture(capturedAt, pixelated)
    if (this.drawing === 0) this.drawing = requestAnimationFrame(() => this.draw())
  }

  private draw(): void {
    this.drawing = 0
    const picture = this.latest
    if (picture === null || this.context === null) return
    const [width, height] = 'displayWidth' in picture ? [picture.displayWidth, picture.displayHeight] : [picture.width, picture.height]
    const { canvas } = this.options
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width
      canvas.height = height
    }
    this.context.drawImage(picture, 0, 0, width, height)
    picture.close()
    this.latest = null
    this.options.onDrawn?.(this.latestAt)
  }
}
