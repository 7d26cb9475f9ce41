/** Recordings of an instruction, a language each, and how long one may last. */

/** The server refuses what is longer. Seconds. */
export const LONGEST = 30

/** With another recording in a language, or without. */
export function changed(recordings: Readonly<Record<string, string>>, language: string, id: string | null): Record<string, string> {
  const others = Object.fromEntries(Object.entries(recordings).filter(([code]) => code !== language))
  return id === null ? others : { ...others, [language]: id }
}
