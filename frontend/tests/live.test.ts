import { beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveHub, type LiveListener } from '../src/live/hub'
import { Continuity, codecOf, parseFrame, parseText, type Boxes, type StateText } from '../src/live/protocol'
import { STALE_AFTER, TileState } from '../src/live/tile-state'
import { FakeSocket } from './fake-socket'

const CAMERA = '01234567-89ab-cdef-0123-456789abcdef'

function packet({ version = 1, format = 1, flags = 1, sequence = 7, at = 1000.5, payload = [1, 2, 3] } = {}): ArrayBuffer {
  const buffer = new ArrayBuffer(32 + payload.length)
  const view = new DataView(buffer)
  CAMERA.replaceAll('-', '').match(/../g)?.forEach((byte, index) => view.setUint8(index, Number.parseInt(byte, 16)))
  view.setUint8(16, version)
  view.setUint8(17, format)
  view.setUint8(18, flags)
  view.setUint32(20, sequence, true)
  view.setFloat64(24, at, true)
  new Uint8Array(buffer, 32).set(payload)
  return buffer
}

describe('a frame', () => {
  it('is read from its header', () => {
    expect(parseFrame(packet({ flags: 3 }))).toEqual({
      camera: CAMERA, format: 'h264', key: true, pixelated: true, sequence: 7, capturedAt: 1_000_500, payload: new Uint8Array([1, 2, 3]),
    })
    expect(parseFrame(packet({ format: 2, flags: 0 }))).toMatchObject({ format: 'jpeg', key: false, pixelated: false })
  })

  it.each([
    ['too short', new ArrayBuffer(32)],
    ['empty', new ArrayBuffer(0)],
    ['of another version', packet({ version: 2 })],
    ['of an unknown format', packet({ format: 9 })],
  ])('that is %s is left out', (_what, buffer) => expect(parseFrame(buffer)).toBeNull())

  it('names its codec in its parameter set', () => {
    expect(codecOf(new Uint8Array([0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0x8c, 0, 0, 1, 0x65]))).toBe('avc1.42c01f')
    expect(codecOf(new Uint8Array([0, 0, 1, 0x09, 0xf0, 0, 0, 1, 0x67, 0x64, 0x00, 0x28, 0xac]))).toBe('avc1.640028')
    expect(codecOf(new Uint8Array([0, 0, 1, 0x41, 1, 2, 3, 4]))).toBeNull()
  })
})

describe('continuity', () => {
  const frame = (sequence: number, key = false): { sequence: number; key: boolean; format: 'h264' } => ({ sequence, key, format: 'h264' })

  it('begins with a key frame, and after a gap with the next one', () => {
    const continuity = new Continuity()
    const accepted = [frame(1), frame(2, true), frame(3), frame(5), frame(6), frame(7, true), frame(8)].map((one) => continuity.accept(one))
    expect(accepted).toEqual([false, true, true, false, false, true, true])
  })

  it('goes on when the counter wraps', () => {
    const continuity = new Continuity()
    expect([frame(0xffffffff, true), frame(0)].map((one) => continuity.accept(one))).toEqual([true, true])
  })

  it('waits for a key frame once something was left out', () => {
    const continuity = new Continuity()
    continuity.accept(frame(1, true))
    continuity.lose()
    expect(continuity.accept(frame(2))).toBe(false)
  })

  it('counts what was left out, and takes a watcher that began anew for no loss', () => {
    const continuity = new Continuity()
    for (const one of [frame(1, true), frame(2), frame(6, true), frame(7)]) continuity.accept(one)
    expect(continuity.missed).toBe(3)
    continuity.accept(frame(0, true))
    expect(continuity.missed).toBe(3)
  })

  it('is no matter for JPEG', () => expect(new Continuity().accept({ sequence: 9, key: false, format: 'jpeg' })).toBe(true))
})

describe('a tile', () => {
  const told = (state: string): StateText => {
    const parsed = parseText(JSON.stringify({ camera: CAMERA, state, reason: 'Why.', since: '2026-11-22T14:21:00Z' }))
    if (parsed === null || 'boxes' in parsed) throw new Error('not read')
    return parsed
  }

  it('is live only with a new picture, whatever the server says', () => {
    const tile = new TileState()
    expect(tile.view(0).phase).toBe('waiting')
    tile.told(told('live'))
    expect(tile.view(0).phase).toBe('waiting')
    tile.picture(900, 1_000, false)
    expect(tile.view(1_000)).toMatchObject({ phase: 'live', delay: 0.1 })
    expect(tile.view(1_000 + STALE_AFTER + 1)).toMatchObject({ phase: 'stale', since: new Date(1_000), delay: null, framesPerSecond: 0 })
  })

  it('says since when it is down and why', () => {
    const tile = new TileState()
    tile.picture(900, 1_000, false)
    tile.told(told('down'))
    expect(tile.view(1_001)).toMatchObject({ phase: 'down', since: new Date('2026-11-22T14:21:00Z'), reason: 'Why.' })
  })

  it('forgets what the server said when it is cut off from it', () => {
    const tile = new TileState()
    tile.told(told('down'))
    tile.cut()
    expect(tile.view(0)).toMatchObject({ phase: 'waiting', cut: true })
    tile.picture(1_000, 1_000, false)
    expect(tile.view(1_000)).toMatchObject({ phase: 'live', cut: false })
  })

  it('counts pictures a second', () => {
    const tile = new TileState()
    for (let at = 0; at <= 3_000; at += 200) tile.picture(at, at, false)
    expect(tile.view(3_000).framesPerSecond).toBeCloseTo(5, 0)
  })

  it('is slow when pictures are later than they were, or were left out on the way, and says so only then', () => {
    const tile = new TileState()
    tile.picture(-40_000, 0, false) // this browser's clock is 40 s ahead: that is no delay
    tile.picture(-39_000, 1_000, false)
    expect(tile.view(1_000).slow).toBeNull()
    tile.picture(-39_500, 2_200, false)
    expect(tile.view(2_200).slow).toBe('connection')
    tile.picture(-37_700, 2_300, false)
    expect(tile.view(2_300).slow).toBeNull()
    tile.counted(5, 0, 2_300)
    expect(tile.view(2_400)).toMatchObject({ slow: 'connection', leftOut: 5 })
    tile.counted(5, 9, 2_500)
    expect(tile.view(2_500)).toMatchObject({ slow: 'computer', leftOut: 14 })
    tile.counted(0, 0, 2_600) // a new player begins to count
    tile.counted(1, 0, 2_700)
    tile.picture(-27_100, 12_900, false)
    expect(tile.view(12_900)).toMatchObject({ slow: null, leftOut: 0 })
  })

  it('reads only states there are', () => {
    expect(parseText('{"camera":"x","state":"dreaming"}')).toBeNull()
    expect(parseText('{')).toBeNull()
    expect(parseText('{"camera":"x","state":"live","since":"yesterday"}')).toMatchObject({ since: null, reason: '' })
  })
})

describe('the hub', () => {
  beforeEach(() => {
    FakeSocket.all = []
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })
  const listener = (): LiveListener & { frames: number; cuts: number } => {
    const made = { frames: 0, cuts: 0, onFrame: () => void (made.frames += 1), onState: () => undefined, onCut: () => void (made.cuts += 1) }
    return made
  }
  const hub = (): LiveHub => new LiveHub({ onRefused: () => undefined, create: FakeSocket.create, address: (path) => path })

  it('asks for a camera while a tile shows it, over one socket', () => {
    const live = hub()
    const [first, second] = [listener(), listener()]
    const leaveFirst = live.watch(CAMERA, 'h264', first)
    FakeSocket.newest.open()
    const leaveSecond = live.watch(CAMERA, 'h264', second)
    FakeSocket.newest.say(packet())
    expect([first.frames, second.frames, FakeSocket.all.length]).toEqual([1, 1, 1])
    leaveFirst()
    expect(FakeSocket.newest.sent).not.toContainEqual({ unwatch: CAMERA })
    leaveSecond()
    expect(FakeSocket.newest.sent).toContainEqual({ unwatch: CAMERA })
    expect(FakeSocket.newest.closed).toBe(true)
  })

  it('closes a socket that nobody needs any more once it is open, and says nothing on it', () => {
    const live = hub()
    live.watch(CAMERA, 'h264', listener())()
    const passing = FakeSocket.newest
    expect(passing.closed).toBe(false)
    const leave = live.watch(CAMERA, 'h264', listener())
    passing.open()
    expect([passing.closed, passing.sent]).toEqual([true, []])
    FakeSocket.newest.open()
    expect(FakeSocket.newest.sent).toContainEqual({ watch: CAMERA, format: 'h264' })
    leave()
  })

  it('asks again after a cut, and tells the tiles of it', () => {
    const live = hub()
    const tile = listener()
    live.watch(CAMERA, 'h264', tile)
    FakeSocket.newest.open()
    FakeSocket.newest.cut()
    expect(tile.cuts).toBe(1)
    vi.advanceTimersByTime(1_000)
    FakeSocket.newest.open()
    expect(FakeSocket.all).toHaveLength(2)
    expect(FakeSocket.newest.sent).toEqual([{ watch: CAMERA, format: 'h264' }])
  })

  it('moves to JPEG when a tile cannot show H.264', () => {
    const live = hub()
    live.watch(CAMERA, 'h264', listener())
    FakeSocket.newest.open()
    live.watch(CAMERA, 'jpeg', listener())
    expect(FakeSocket.newest.sent.slice(-2)).toEqual([{ unwatch: CAMERA }, { watch: CAMERA, format: 'jpeg' }])
  })

  it('has boxes told while somebody follows, to who follows, and asks for them again after a cut', () => {
    const live = hub()
    live.watch(CAMERA, 'h264', listener())
    FakeSocket.newest.open()
    const told: Boxes[] = []
    const stop = live.follow(CAMERA, (boxes) => told.push(boxes))
    const stopOther = live.follow(CAMERA, () => undefined)
    FakeSocket.newest.say({ camera: CAMERA, at: 12.5, boxes: [{ number: 1, label: 'person', box: [0, 0, 1, 1], zones: [], fired: true }, { number: 'two' }] })
    expect(told).toEqual([{ camera: CAMERA, at: 12_500, boxes: [{ number: 1, label: 'person', box: [0, 0, 1, 1], zones: [], fired: true }] }])
    FakeSocket.newest.cut()
    vi.advanceTimersByTime(1_000)
    FakeSocket.newest.open()
    expect(FakeSocket.newest.sent).toEqual([{ watch: CAMERA, format: 'h264' }, { follow: CAMERA }])
    stop()
    expect(FakeSocket.newest.sent).not.toContainEqual({ unfollow: CAMERA })
    stopOther()
    expect(FakeSocket.newest.sent).toContainEqual({ unfollow: CAMERA })
  })
})
