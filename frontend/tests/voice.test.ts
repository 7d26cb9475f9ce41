import { describe, expect, it } from 'vitest'
import type { Talk } from '../src/api/voice'
import { lasting, speaking } from '../src/voice/heard'
import { changed } from '../src/voice/recordings'
import { beginning, cluster, lasts, packed, Packets, pieceFrom } from '../src/voice/webm'

const packet = (...bytes: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]))
}

describe('packets of a recording', () => {
  const first = packet(0x48, 1, 2, 3)
  const second = packet(0x48, 9)
  const third = packet(0x48, 7, 7)
  const file = joined(beginning(), cluster([first, second], 0), cluster([third], 40))

  it('are found in a whole file', () => {
    expect(new Packets().take(file)).toEqual([first, second, third])
  })

  it.each([1, 2, 7, 64])('are the same in pieces of %i bytes, cut anywhere', (size) => {
    const packets = new Packets()
    const found: Uint8Array[] = []
    for (let at = 0; at < file.length; at += size) found.push(...packets.take(file.slice(at, at + size)))
    expect(found).toEqual([first, second, third])
  })

  it('are found in clusters of unknown size, as browsers record', () => {
    const unknown = new Uint8Array([0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe7, 0x81, 0, 0xa3, 0x86, 0x81, 0, 0, 0x80, 0x48, 5])
    expect(new Packets().take(joined(beginning(), unknown))).toEqual([packet(0x48, 5)])
  })

  it('are not looked for in what is no WebM', () => {
    expect(() => new Packets().take(new Uint8Array([0x4f, 0x01, 0x67, 0x53, 0, 2, 0, 0, 0, 0]))).not.toThrow()
    expect(() => new Packets().take(new Uint8Array([0xec, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))).toThrow('no WebM')
  })
})

describe('a piece of live voice', () => {
  const header = [1, ...Array.from({ length: 16 }, (_, at) => at), 5, 0, 0, 0]
  const piece = (...bytes: number[]): ArrayBuffer => new Uint8Array([...header, ...bytes]).buffer

  it('comes as it was sent', () => {
    const sent = packed([packet(0x48, 1), packet(0x48, 2, 3)])
    const found = pieceFrom(piece(...sent))
    expect(found?.talk).toBe('00010203-0405-0607-0809-0a0b0c0d0e0f')
    expect(found?.number).toBe(5)
    expect(found?.packets.map((one) => [...one])).toEqual([[0x48, 1], [0x48, 2, 3]])
  })

  it('is none when it is cut off, empty or of another version', () => {
    for (const bytes of [[], [3, 0, 1], [0, 0], [9]]) expect(pieceFrom(piece(...bytes))).toBeNull()
    expect(pieceFrom(new Uint8Array([2, ...header.slice(1), 1, 0, 0x48]).buffer)).toBeNull()
  })

  it('lasts as long as its packets say', () => {
    expect(lasts(packet(0x48))).toBe(20) // one frame of 20 ms
    expect(lasts(packet(0x18))).toBe(60)
    expect(lasts(packet(0xfb, 3))).toBe(60) // three of 20 ms
    expect(lasts(packet(0xe1))).toBe(5) // two of 2.5 ms
  })
})

describe('who speaks', () => {
  const opened = (talk: string, activation = 'a'): Parameters<typeof speaking>[1] => ({
    kind: 'talk.opened',
    payload: { talk, activation, site: 's', site_name: 'Campus', speaker: 'm', speaker_name: 'Ada', drill: true, opened_at: '2026-11-30T05:00:00Z', until: '2026-11-30T05:01:00Z' },
  })
  const ids = (open: readonly Talk[]): string[] => open.map((one) => one.id)

  it('is one an activation, until it is told that they stopped', () => {
    const two = speaking(speaking([], opened('t1')), opened('t2', 'b'))
    expect(ids(two)).toEqual(['t2', 't1'])
    expect(ids(speaking(two, opened('t3')))).toEqual(['t3', 't2'])
    expect(ids(speaking(two, { kind: 'talk.closed', payload: { talk: 't2' } }))).toEqual(['t1'])
    expect(two[1]).toMatchObject({ speaker: { name: 'Ada' }, site: { name: 'Campus' }, drill: true })
  })

  it('is nobody whose minute is over, although the end was not told', () => {
    const one = speaking([], opened('t1'))
    expect(ids(lasting(one, Date.parse('2026-11-30T05:01:04Z')))).toEqual(['t1'])
    expect(lasting(one, Date.parse('2026-11-30T05:01:06Z'))).toEqual([])
  })

  it('is not changed by an event that is not of its form', () => {
    expect(speaking([], { kind: 'talk.opened', payload: { talk: 1 } })).toEqual([])
    expect(speaking([], { kind: 'talk.opened', payload: { talk: 't' } })).toEqual([])
  })
})

describe('recordings of an instruction', () => {
  it('are one a language', () => {
    expect(changed({ en: 'a', fr: 'b' }, 'fr', 'c')).toEqual({ en: 'a', fr: 'c' })
    expect(changed({ en: 'a', fr: 'b' }, 'fr', null)).toEqual({ en: 'a' })
  })
})
