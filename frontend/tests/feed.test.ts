import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Feed } from '../src/feed/feed'
import { parseFeed } from '../src/feed/protocol'
import { FakeSocket } from './fake-socket'

function make(): { feed: Feed; events: (number | null)[]; reloads: () => number; states: string[]; refused: number[] } {
  const events: (number | null)[] = []
  const states: string[] = []
  const refused: number[] = []
  let reloads = 0
  const feed = new Feed({
    onEvent: (event) => events.push(event.number),
    onReload: () => (reloads += 1),
    onState: (state) => states.push(state),
    onRefused: (code) => refused.push(code),
    create: FakeSocket.create,
    address: (path) => path,
  })
  feed.start()
  return { feed, events, reloads: () => reloads, states, refused }
}
const hello = (number: number): object => ({ kind: 'feed.hello', number, replay: true })
const event = (number: number | null): object => ({ kind: 'alert.raised', number, at: '2026-11-22T14:31:14Z', payload: {} })

beforeEach(() => {
  FakeSocket.all = []
  vi.useFakeTimers()
  return () => vi.useRealTimers()
})

describe('the feed', () => {
  it('has lists read after it subscribed, so that nothing falls between', () => {
    const { reloads } = make()
    expect(FakeSocket.newest.address).toBe('/ws/feed/?sound=1')
    FakeSocket.newest.open()
    expect(reloads()).toBe(0)
    FakeSocket.newest.say(hello(41))
    expect(reloads()).toBe(1)
  })

  it('passes each numbered event on once', () => {
    const { events } = make()
    FakeSocket.newest.open()
    FakeSocket.newest.say(hello(41))
    for (const number of [42, 42, 43, 41, 43]) FakeSocket.newest.say(event(number))
    expect(events).toEqual([42, 43])
  })

  it('passes every event without a number', () => {
    const { events } = make()
    FakeSocket.newest.say(hello(1))
    FakeSocket.newest.say(event(null))
    FakeSocket.newest.say(event(null))
    expect(events).toEqual([null, null])
  })

  it('asks for what it missed after a cut, and drops what it had', () => {
    const { events, reloads } = make()
    FakeSocket.newest.open()
    FakeSocket.newest.say(hello(41))
    FakeSocket.newest.say(event(42))
    FakeSocket.newest.cut()
    vi.advanceTimersByTime(1_000)
    expect(FakeSocket.newest.address).toBe('/ws/feed/?after=42&sound=1')
    FakeSocket.newest.open()
    FakeSocket.newest.say(hello(44))
    for (const number of [42, 43, 44]) FakeSocket.newest.say(event(number))
    expect(events).toEqual([42, 43, 44])
    expect(reloads()).toBe(1)
  })

  it('reads lists again when the gap is too old to replay', () => {
    const { events, reloads } = make()
    FakeSocket.newest.say(hello(41))
    FakeSocket.newest.cut()
    vi.advanceTimersByTime(1_000)
    FakeSocket.newest.say(hello(9_000))
    FakeSocket.newest.say({ kind: 'feed.reset' })
    FakeSocket.newest.say(event(8_999))
    FakeSocket.newest.say(event(9_001))
    expect(reloads()).toBe(2)
    expect(events).toEqual([9_001])
  })

  it('starts afresh when numbers went back: it is another database', () => {
    const { events, reloads } = make()
    FakeSocket.newest.say(hello(500))
    FakeSocket.newest.cut()
    vi.advanceTimersByTime(1_000)
    FakeSocket.newest.say(hello(3))
    FakeSocket.newest.say(event(4))
    expect(reloads()).toBe(2)
    expect(events).toEqual([4])
  })

  it('ignores what is not of its form', () => {
    expect(parseFeed('no JSON')).toBeNull()
    expect(parseFeed('[]')).toBeNull()
    expect(parseFeed('{"number":1}')).toBeNull()
    expect(parseFeed('{"kind":"feed.hello"}')).toBeNull()
  })
})

describe('a cut connection', () => {
  it('is said at once and tried again with growing pauses', () => {
    const { states } = make()
    FakeSocket.newest.open()
    FakeSocket.newest.cut()
    expect(states).toEqual(['connecting', 'open', 'cut'])
    const opened = (): number => FakeSocket.all.length
    vi.advanceTimersByTime(500)
    expect(opened()).toBe(2)
    FakeSocket.newest.cut()
    FakeSocket.newest.cut() // a socket that was let go of says nothing any more
    vi.advanceTimersByTime(249)
    expect(opened()).toBe(2)
    for (let round = 0; round < 12; round += 1) {
      vi.advanceTimersByTime(15_000)
      FakeSocket.newest.cut()
    }
    expect(opened()).toBe(14)
  })

  it('is not tried again when the server says no', () => {
    const { refused, states } = make()
    FakeSocket.newest.open()
    FakeSocket.newest.cut(4401)
    vi.advanceTimersByTime(60_000)
    expect(refused).toEqual([4401])
    expect(states.at(-1)).toBe('closed')
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('comes back at once when the server was only too busy', () => {
    make()
    FakeSocket.newest.open()
    FakeSocket.newest.cut(4408)
    vi.advanceTimersByTime(500)
    expect(FakeSocket.all).toHaveLength(2)
  })
})
