/** Plays one voice as it comes: decoded by WebCodecs where there is it, else handed to a media element as WebM. */
import { beginning, cluster, lasts } from './webm'

export interface Voice {
  push: (packets: readonly Uint8Array<ArrayBuffer>[]) => void
  /** Let it sound, after somebody has pressed something. */
  resume: () => Promise<void>
  close: () => void
}

export interface VoiceOptions {
  volume: number
  /** So many seconds of sound have been given to the loudspeaker. */
  onPlayed: (seconds: number) => void
  /** The browser plays nothing before somebody has pressed something; or it does now. */
  onBlocked: (blocked: boolean) => void
}

/** Sound is held back for so long, so that a piece that comes late leaves no hole. Seconds. */
const HELD = 0.15
/** So much waits at most: who fell behind skips to now. */
const MOST = 1.2

/** The source that media elements of phones have instead of `MediaSource`. */
interface Sources {
  ManagedMediaSource?: typeof MediaSource
}

/** `null`: this browser can play no live voice. */
export function openVoice(options: VoiceOptions): Voice | null {
  if (typeof AudioDecoder !== 'undefined') return new DecodedVoice(options)
  const source = (globalThis as Sources).ManagedMediaSource ?? globalThis.MediaSource
  if (source?.isTypeSupported('audio/webm; codecs="opus"')) return new ElementVoice(options, source)
  return null
}

class DecodedVoice implements Voice {
  private readonly context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' })
  private readonly gain: GainNode
  private decoder: AudioDecoder | null = null
  private next = 0
  private stamp = 0
  private played = 0

  constructor(private readonly options: VoiceOptions) {
    this.gain = this.context.createGain()
    this.gain.gain.value = options.volume
    this.gain.connect(this.context.destination)
    this.context.onstatechange = () => options.onBlocked(this.context.state === 'suspended')
    void this.resume()
  }

  push(packets: readonly Uint8Array<ArrayBuffer>[]): void {
    if (this.context.state !== 'running') {
      this.options.onBlocked(true)
      return // what cannot be heard now is not heard later
    }
    const decoder = this.ready()
    for (const data of packets) {
      decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp: this.stamp, data }))
      this.stamp += lasts(data) * 1000
    }
  }

  async resume(): Promise<void> {
    // Without a press it stays suspended, and some browsers never answer.
    await Promise.race([this.context.resume(), new Promise((resolve) => setTimeout(resolve, 500))])
    if (this.context.state !== 'closed') this.options.onBlocked(this.context.state !== 'running')
  }

  close(): void {
    if (this.decoder !== null && this.decoder.state !== 'closed') this.decoder.close()
    // What was said last is still in the loudspeaker.
    setTimeout(() => void this.context.close(), 1500)
  }

  private ready(): AudioDecoder {
    if (this.decoder?.state === 'configured') return this.decoder
    // A damaged packet closes it: the next one opens another.
    this.decoder = new AudioDecoder({ output: (sound) => this.play(sound), error: () => undefined })
    this.decoder.configure({ codec: 'opus', sampleRate: 48_000, numberOfChannels: 1 })
    return this.decoder
  }

  private play(sound: AudioData): void {
    const buffer = this.context.createBuffer(1, sound.numberOfFrames, sound.sampleRate)
    sound.copyTo(buffer.getChannelData(0), { planeIndex: 0, format: 'f32-planar' })
    sound.close()
    const now = this.context.currentTime
    if (this.next < now) this.next = now + HELD
    if (this.next > now + MOST) return
    const node = this.context.createBufferSource()
    node.buffer = buffer
    node.connect(this.gain)
    node.start(this.next)
    this.next += buffer.duration
    this.played += buffer.duration
    this.options.onPlayed(this.played)
  }
}

class ElementVoice implements Voice {
  private readonly element = new Audio()
  private readonly source: MediaSource
  private buffer: SourceBuffer | null = null
  private readonly waiting: Uint8Array<ArrayBuffer>[] = [beginning()]
  private at = 0
  private readonly address: string

  constructor(
    private readonly options: VoiceOptions,
    kind: typeof MediaSource,
  ) {
    this.source = new kind()
    this.address = URL.createObjectURL(this.source)
    this.element.disableRemotePlayback = true // a managed source asks for it
    this.element.volume = options.volume
    this.element.ontimeupdate = () => options.onPlayed(this.element.currentTime)
    this.source.onsourceopen = () => {
      this.buffer = this.source.addSourceBuffer('audio/webm; codecs="opus"')
      this.buffer.onupdateend = () => this.append()
      this.append()
    }
    this.element.src = this.address
    void this.resume()
  }

  push(packets: readonly Uint8Array<ArrayBuffer>[]): void {
    this.waiting.push(cluster(packets, this.at))
    this.at += packets.reduce((sum, one) => sum + lasts(one), 0)
    this.append()
  }

  async resume(): Promise<void> {
    try {
      await this.element.play()
      this.options.onBlocked(false)
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.options.onBlocked(true)
    }
  }

  close(): void {
    setTimeout(() => {
      this.element.pause()
      this.element.removeAttribute('src')
      URL.revokeObjectURL(this.address)
    }, 1500)
  }

  private append(): void {
    const { buffer } = this
    if (buffer === null || buffer.updating || this.source.readyState !== 'open') return
    const { buffered } = this.element
    const end = buffered.length > 0 ? buffered.end(buffered.length - 1) : 0
    if (end - this.element.currentTime > MOST) this.element.currentTime = end - HELD
    const next = this.waiting.shift()
    if (next !== undefined) buffer.appendBuffer(next)
  }
}
