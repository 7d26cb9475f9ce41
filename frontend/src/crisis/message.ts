/** A further message as it is entered, and as it is sent. */
import type { Channel, Said } from '../api/activations'

/** Which answers a message offers. */
export type Offer = 'none' | 'safe' | 'coming'

export interface MessageDraft {
  words: Record<string, string>
  channels: Channel[]
  offer: Offer
  whom: 'everybody' | 'chosen'
  picked: readonly { id: string; name: string }[]
}

export type MessageWrong = 'words' | 'channels' | 'people'

/** What is missing, the first thing first; everything in every language of the plan, or some would not understand it. */
export function missing(draft: MessageDraft, languages: readonly string[]): MessageWrong | null {
  if (languages.some((one) => (draft.words[one] ?? '').trim() === '')) return 'words'
  if (draft.channels.length === 0) return 'channels'
  return draft.whom === 'chosen' && draft.picked.length === 0 ? 'people' : null
}

/** What a person wrote by hand is no template: its braces are only braces. */
export function literal(text: string): string {
  return text.trim().replaceAll('{', '{{').replaceAll('}', '}}')
}

const OFFERS: Record<Offer, { key: string; kind: string }[]> = {
  none: [],
  safe: [
    { key: '1', kind: 'safe' },
    { key: '2', kind: 'help' },
  ],
  coming: [
    { key: '1', kind: 'coming' },
    { key: '2', kind: 'help' },
  ],
}

export function toSend(draft: MessageDraft, languages: readonly string[]): Said {
  return {
    words: Object.fromEntries(languages.map((one) => [one, { text: literal(draft.words[one] ?? '') }])),
    channels: draft.channels,
    choices: OFFERS[draft.offer],
    to: draft.whom === 'everybody' ? null : { groups: [{ kind: 'people', people: draft.picked.map((one) => one.id) }] },
  }
}
