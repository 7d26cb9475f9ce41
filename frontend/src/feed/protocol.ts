/** What `/ws/feed/` sends: numbered events, and a few words about the feed itself. */

/** Every kind that the server sends (`tests/soc/broadcast/test_kinds.py` holds it to that): a slip in one is found before it is built. */
export type FeedKind =
  | 'activation.changed' | 'activation.help' | 'activation.progress' | 'alert.changed' | 'alert.raised' | 'alert.seen' | 'audit.changed'
  | 'audit.review_due' | 'camera.changed' | 'camera.state' | 'cap.given' | 'cap.received' | 'device.changed' | 'device_connection.changed'
  | 'duty.changed' | 'emergency.changed' | 'entrance.changed' | 'handover.changed' | 'incoming.changed' | 'instruction.given' | 'limits.reached'
  | 'logbook.added' | 'logbook.categories' | 'member.changed' | 'message.for_you' | 'notice.moved' | 'on_call.changed' | 'pcs.changed'
  | 'person.changed' | 'plan.changed' | 'recording.ready' | 'response_plan.changed' | 'rule.changed' | 'rule.expiring' | 'script.changed'
  | 'script_run.changed' | 'simulated.received' | 'site.changed' | 'talk.closed' | 'talk.opened' | 'wall.changed'

export interface FeedEvent {
  number: number | null
  /** Of a newer server it may be one that is not known here: nobody asks for it. */
  kind: FeedKind
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
  return { type: 'event', event: { number, kind: read['kind'] as FeedKind, at: String(read['at'] ?? ''), payload } }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
