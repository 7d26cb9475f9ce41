/** Which phones are shown and in what order, as pure functions: somebody may be typing in one while others receive. */
import type { Phone } from '../api/phones'

export type Way = 'all' | 'sms' | 'voice' | 'email'

export interface Wanted {
  words: string
  way: Way
}

/** Those that fit what is looked for: names and addresses by how their words begin, numbers by any of their digits. */
export function matching(phones: readonly Phone[], { words, way }: Wanted): Phone[] {
  const parts = split(words)
  return phones.filter((one) => {
    const said = split(`${one.person} ${one.to}`)
    const fits = (part: string): boolean => said.some((word) => word.startsWith(part) || (/^\d{3,}$/.test(part) && word.includes(part)))
    return (way === 'all' || one.channels.includes(way)) && parts.every(fits)
  })
}

/**
 * The order in which they stand: what received something last is first. While somebody is at one of them (`still`), those that
 * stand there keep their places and new ones come after them.
 */
export function arranged(before: readonly string[], phones: readonly Phone[], still: boolean): string[] {
  if (!still) return phones.map((one) => one.to)
  const there = new Set(phones.map((one) => one.to))
  const kept = before.filter((to) => there.has(to))
  const known = new Set(kept)
  return [...kept, ...phones.map((one) => one.to).filter((to) => !known.has(to))]
}

/** The words of a text, without accents. */
function split(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
}
