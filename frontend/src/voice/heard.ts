/** What the feed says of who speaks live, as pure functions: who does now. */
import type { Talk } from '../api/voice'
import type { FeedEvent } from '../feed/protocol'

/** Who speaks after an event: one an activation. */
export function speaking(open: readonly Talk[], { kind, payload }: Pick<FeedEvent, 'kind' | 'payload'>): readonly Talk[] {
  const { talk: id, activation, site, site_name: name, speaker, speaker_name: who, drill, opened_at: since, until } = payload
  if (typeof id !== 'string') return open
  if (kind === 'talk.closed') return open.filter((one) => one.id !== id)
  if (kind !== 'talk.opened' || typeof activation !== 'string' || typeof speaker !== 'string') return open
  const talk: Talk = {
    id,
    activation,
    site: { id: String(site), name: String(name) },
    speaker: { id: speaker, name: String(who) },
    drill: drill === true,
    opened_at: String(since),
    until: String(until),
  }
  return [talk, ...open.filter((one) => one.activation !== activation)]
}

/** Those whose time is not over: an end that was told while we were away is not shown as somebody who speaks. */
export const lasting = (open: readonly Talk[], now: number): readonly Talk[] => open.filter((one) => Date.parse(one.until) + 5_000 > now)
