/** What the feed says of instructions, as pure functions: which hold now, and in which language they are read. */
import type { Instruction } from '../api/instructions'
import { isRecord, type FeedEvent } from '../feed/protocol'

/** An instruction with the number of the event that gave it last, 0 when it was read: it is spoken anew when that moves. */
export interface Held extends Omit<Instruction, 'sounds'> {
  told: number
  /** Where it is heard, by language, as it came: `toSay` reads it. */
  sounds?: unknown
}

/** The instructions that hold after an event `instruction.given`: an activation has one at a time, the newest first. */
export function heard(held: readonly Held[], { payload, number }: Pick<FeedEvent, 'payload' | 'number'>): readonly Held[] {
  const { instruction: id, activation, words, sounds, site, site_name: name, given_at: at, drill, ended } = payload
  if (typeof id !== 'string' || typeof activation !== 'string' || !isRecord(words)) return held
  if (ended === true) return held.filter((one) => one.id !== id)
  const given: Held = {
    id,
    activation,
    site: { id: String(site), name: String(name) },
    drill: drill === true,
    words: Object.fromEntries(Object.entries(words).map(([language, text]) => [language, String(text)])),
    sounds,
    given_at: String(at),
    told: number ?? 0,
  }
  return [given, ...held.filter((one) => one.activation !== activation)]
}

/** The language of `words` for somebody who reads the first of `wanted` best; else the first there is. */
export function readable(words: Readonly<Record<string, unknown>>, ...wanted: readonly (string | undefined)[]): string {
  return wanted.find((language) => language !== undefined && language in words) ?? Object.keys(words)[0] ?? ''
}
