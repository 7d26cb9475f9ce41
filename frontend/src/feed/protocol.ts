/** What `/ws/feed/` sends: numbered events, and a few words about the feed itself. */

export type FeedKind = 'alert.raised' | 'alert.changed' | 'recording.ready' | 'camera.state' | 'camera.changed' | 'rule.changed' | 'duty.changed' | 'handover.changed' | 'logbook.added' | 'logbook.categories'

export interface FeedEvent {
  number: number | null
  kind: string
  at: string
  payload: Readonly<Record<string, unknown>>
}

export type FeedMessage =
  | { type: 'hello'; number: number }
  | { type: 'reset'; number: number | null }
  | { type: 'event'; event: FeedEvent }

/** Read one text of the feed; `null` for what is not of its form. */
export function parseFeed(text: string): FeedMessage | null {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(read) || typeof read['kind'] !== 'string') return null
  const number = typeof read['number'] === 'number' ? read['number'] : null
  if (read['kind'] === 'feed.hello') return number === null ? null : { type: 'hello', number }
  if (read['kind'] === 'feed.reset') return { type: 'reset', number }
  const payload = isRecord(read['payload']) ? read['payload'] : {}
  return { type: 'event', event: { number, kind: read['kind'], at: String(read['at'] ?? ''), payload } }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
