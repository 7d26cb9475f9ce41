/** What `/ws/live/` sends: frames behind a header of 32 bytes, the cameras' states and the boxes of what was found as texts. */

export type Format = 'h264' | 'jpeg'

export interface Frame {
  camera: string
  format: Format
  /** A picture that needs none before it. */
  key: boolean
  /** The whole picture is pixelated, because it could not be blurred in time. */
  pixelated: boolean
  sequence: number
  /** When the camera's picture was taken, milliseconds of the epoch. */
  capturedAt: number
  payload: Uint8Array<ArrayBuffer>
}

export type ServerState = 'live' | 'stale' | 'down' | 'refused'

export interface StateText {
  camera: string
  state: ServerState
  reason: string
  since: Date | null
}

/** One thing that was found in a frame. */
export interface TrackBox {
  /** Follows it from frame to frame while it is in sight; then another thing may have it. */
  number: number
  /** COCO's class. */
  label: string
  /** Left, top, right, bottom: 0 to 1 of the picture. */
  box: readonly [number, number, number, number]
  zones: readonly string[]
  /** A rule that is on matches because of it. */
  fired: boolean
}

export interface Boxes {
  camera: string
  /** The time of the picture they belong to, milliseconds of the epoch. */
  at: number
  boxes: TrackBox[]
}

const HEADER = 32
const VERSION = 1
const STATES: readonly string[] = ['live', 'stale', 'down', 'refused']

/** Read a binary message; `null` when it is too short, of another version or of an unknown format. */
export function parseFrame(buffer: ArrayBuffer): Frame | null {
  if (buffer.byteLength <= HEADER) return null
  const view = new DataView(buffer)
  const format = view.getUint8(17)
  if (view.getUint8(16) !== VERSION || (format !== 1 && format !== 2)) return null
  const flags = view.getUint8(18)
  return {
    camera: uuid(new Uint8Array(buffer, 0, 16)),
    format: format === 1 ? 'h264' : 'jpeg',
    key: (flags & 1) !== 0,
    pixelated: (flags & 2) !== 0,
    sequence: view.getUint32(20, true),
    capturedAt: view.getFloat64(24, true) * 1000,
    payload: new Uint8Array(buffer, HEADER),
  }
}

/** Read a text about a camera: how it stands, or what was found in a frame of it; `null` for anything else. */
export function parseText(text: string): StateText | Boxes | null {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof read !== 'object' || read === null) return null
  const fields = read as Record<string, unknown>
  return 'boxes' in fields ? boxesFrom(fields) : stateFrom(fields)
}

function boxesFrom({ camera, at, boxes }: Record<string, unknown>): Boxes | null {
  if (typeof camera !== 'string' || typeof at !== 'number' || !Array.isArray(boxes)) return null
  return { camera, at: at * 1000, boxes: boxes.filter(isBox) }
}

function isBox(value: unknown): value is TrackBox {
  if (typeof value !== 'object' || value === null) return false
  const { number, label, box, zones, fired } = value as Record<string, unknown>
  return typeof number === 'number' && typeof label === 'string' && typeof fired === 'boolean' && Array.isArray(zones) && Array.isArray(box) && box.length === 4 && box.every((edge) => typeof edge === 'number')
}

function stateFrom({ camera, state, reason, since }: Record<string, unknown>): StateText | null {
  if (typeof camera !== 'string' || typeof state !== 'string' || !STATES.includes(state)) return null
  const at = typeof since === 'string' ? new Date(since) : null
  return {
    camera,
    state: state as ServerState,
    reason: typeof reason === 'string' ? reason : '',
    since: at === null || Number.isNaN(at.getTime()) ? null : at,
  }
}

/** The codec's name for WebCodecs, read from the sequence parameter set of a key frame (H.264 Annex B); `null` without one. */
export function codecOf(unit: Uint8Array): string | null {
  for (let at = 0; at + 6 < unit.length; at += 1) {
    if (unit[at] !== 0 || unit[at + 1] !== 0 || unit[at + 2] !== 1) continue
    if (((unit[at + 3] ?? 0) & 0x1f) !== 7) continue
    const profile = [unit[at + 4], unit[at + 5], unit[at + 6]]
    return `avc1.${profile.map((byte) => (byte ?? 0).toString(16).padStart(2, '0')).join('')}`
  }
  return null
}

/** Decides which frames of one camera may be decoded: after a gap, only a key frame and what follows it. */
export class Continuity {
  /** Pictures that the server sent others instead of, because this reader was slow. */
  missed = 0
  private expected: number | null = null
  private last: number | null = null

  accept(frame: Pick<Frame, 'key' | 'sequence' | 'format'>): boolean {
    this.count(frame.sequence)
    if (frame.format === 'jpeg') return true
    if (!frame.key && frame.sequence !== this.expected) {
      this.expected = null
      return false
    }
    this.expected = (frame.sequence + 1) >>> 0
    return true
  }

  private count(sequence: number): void {
    const step = this.last === null ? 1 : (sequence - this.last) >>> 0
    // A step that is huge is a watcher that began anew.
    if (step > 1 && step < 10_000) this.missed += step - 1
    this.last = sequence
  }

  /** Wait for the next key frame, because something was left out. */
  lose(): void {
    this.expected = null
  }
}

function uuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
