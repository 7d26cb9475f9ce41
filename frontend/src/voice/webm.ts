/** Sound in WebM, as far as one voice needs it: packets out of what a browser records, and into what a browser plays. */

/** Elements that hold others and are gone into: the segment, a cluster, a block's group. All others are whole, or passed over. */
const HOLDERS: ReadonlySet<number> = new Set([0x18538067, 0x1f43b675, 0xa0])
const SIMPLE_BLOCK = 0xa3
const BLOCK = 0xa1
const LONGEST_ELEMENT = 1_000_000

interface Whole {
  value: number
  length: number
}

/** A number whose first byte says how long it is; `null`: it is not all there. With `marked`, as an id keeps its mark. */
function variable(bytes: Uint8Array, at: number, marked: boolean): Whole | null {
  const first = bytes[at]
  if (first === undefined) return null
  const length = Math.clz32(first) - 23
  if (length > 8 || at + length > bytes.length) return null
  let value = marked ? first : first & (0xff >> length)
  for (let next = 1; next < length; next += 1) value = value * 256 + (bytes[at + next] ?? 0)
  return { value, length }
}

/** Takes a recording as it comes, in pieces cut anywhere, and gives its packets. */
export class Packets {
  private rest: Uint8Array = new Uint8Array()
  private toSkip = 0

  /** Throws when it is no WebM. */
  take(piece: Uint8Array): Uint8Array[] {
    const bytes = new Uint8Array(this.rest.length + piece.length)
    bytes.set(this.rest)
    bytes.set(piece, this.rest.length)
    const found: Uint8Array[] = []
    let at = 0
    for (;;) {
      const skipped = Math.min(this.toSkip, bytes.length - at)
      at += skipped
      this.toSkip -= skipped
      const id = variable(bytes, at, true)
      const size = id === null ? null : variable(bytes, at + id.length, false)
      if (id === null || size === null) break
      const begin = at + id.length + size.length
      if (HOLDERS.has(id.value)) at = begin
      else if (size.value > LONGEST_ELEMENT) throw new Error('This is no WebM.')
      else if (id.value !== SIMPLE_BLOCK && id.value !== BLOCK) {
        at = begin
        this.toSkip = size.value
      } else if (begin + size.value > bytes.length) break
      else {
        const packet = packetOf(bytes.subarray(begin, begin + size.value))
        if (packet !== null) found.push(packet)
        at = begin + size.value
      }
    }
    this.rest = bytes.slice(at)
    return found
  }
}

/** The packet in a block: behind the track's number, a time and flags; `null` where several are laced together. */
function packetOf(block: Uint8Array): Uint8Array | null {
  const track = variable(block, 0, false)
  if (track === null || ((block[track.length + 2] ?? 0) & 0x06) !== 0) return null
  const packet = block.slice(track.length + 3)
  return packet.length > 0 ? packet : null
}

/** How long an Opus packet lasts, milliseconds, by its first bytes. */
export function lasts(packet: Uint8Array): number {
  const head = packet[0] ?? 0
  const kind = head >> 3
  const frame = kind < 12 ? [10, 20, 40, 60][kind & 3] : kind < 16 ? [10, 20][kind & 1] : [2.5, 5, 10, 20][kind & 3]
  const count = (head & 3) === 0 ? 1 : (head & 3) === 3 ? (packet[1] ?? 0) & 0x3f : 2
  return (frame ?? 20) * count
}

const HEADER = 21
const VERSION = 1

export interface Piece {
  talk: string
  number: number
  packets: Uint8Array<ArrayBuffer>[]
}

/** Packets as they are sent: each behind its length. */
export function packed(packets: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const piece = new Uint8Array(packets.reduce((sum, one) => sum + one.length + 2, 0))
  const view = new DataView(piece.buffer)
  let at = 0
  for (const packet of packets) {
    view.setUint16(at, packet.length, true)
    piece.set(packet, at + 2)
    at += packet.length + 2
  }
  return piece
}

/** A piece as it comes: version, whose, its number, packets; `null` when it is none. */
export function pieceFrom(data: ArrayBuffer): Piece | null {
  const view = new DataView(data)
  if (data.byteLength <= HEADER || view.getUint8(0) !== VERSION) return null
  const hex = Array.from(new Uint8Array(data, 1, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const packets: Uint8Array<ArrayBuffer>[] = []
  for (let at = HEADER; at < data.byteLength; ) {
    if (at + 2 > data.byteLength) return null
    const length = view.getUint16(at, true)
    if (length === 0 || at + 2 + length > data.byteLength) return null
    packets.push(new Uint8Array(data, at + 2, length))
    at += 2 + length
  }
  return { talk: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), number: view.getUint32(17, true), packets }
}

const text = (said: string): number[] => Array.from(said, (sign) => sign.charCodeAt(0))
const bytesOf = (value: number, length: number): number[] => Array.from({ length }, (_, at) => Math.floor(value / 256 ** (length - 1 - at)) & 0xff)
/** An element: its id, its size in four bytes, what is in it. */
const element = (id: readonly number[], inside: readonly number[]): number[] => [...id, ...bytesOf(0x10000000 + inside.length, 4), ...inside]
const UNKNOWN = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]

/** How a WebM of one voice in Opus begins: what a player is given before the first cluster. */
export function beginning(): Uint8Array<ArrayBuffer> {
  const opus = [...text('OpusHead'), 1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]
  const head = element([0x1a, 0x45, 0xdf, 0xa3], [
    ...element([0x42, 0x86], [1]),
    ...element([0x42, 0xf7], [1]),
    ...element([0x42, 0xf2], [4]),
    ...element([0x42, 0xf3], [8]),
    ...element([0x42, 0x82], text('webm')),
    ...element([0x42, 0x87], [4]),
    ...element([0x42, 0x85], [2]),
  ])
  const info = element([0x15, 0x49, 0xa9, 0x66], [...element([0x2a, 0xd7, 0xb1], bytesOf(1_000_000, 3)), ...element([0x4d, 0x80], text('vigie')), ...element([0x57, 0x41], text('vigie'))])
  const audio = element([0xe1], [...element([0xb5], [0x47, 0x3b, 0x80, 0]), ...element([0x9f], [1])])
  const track = element([0xae], [
    ...element([0xd7], [1]),
    ...element([0x73, 0xc5], [1]),
    ...element([0x83], [2]),
    ...element([0x86], text('A_OPUS')),
    ...element([0x63, 0xa2], opus),
    ...audio,
  ])
  return new Uint8Array([...head, 0x18, 0x53, 0x80, 0x67, ...UNKNOWN, ...info, ...element([0x16, 0x54, 0xae, 0x6b], track)])
}

/** Packets as a cluster that begins at `at` milliseconds. */
export function cluster(packets: readonly Uint8Array[], at: number): Uint8Array<ArrayBuffer> {
  const inside = element([0xe7], bytesOf(Math.round(at), 4))
  let offset = 0
  for (const packet of packets) {
    inside.push(...element([SIMPLE_BLOCK], [0x81, ...bytesOf(Math.round(offset), 2), 0x80, ...packet]))
    offset += lasts(packet)
  }
  return new Uint8Array(element([0x1f, 0x43, 0xb6, 0x75], inside))
}
