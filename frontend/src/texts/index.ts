/** What the texts of a language must hold: exactly the keys of the English ones, with the same parameters. */
import type { en } from './en'
import type { rooms } from './en/rooms'

type English = typeof en & typeof rooms

export type TextKey = keyof English
export type FirstTexts = Readonly<Record<keyof typeof en, string>>
export type RoomTexts = Readonly<Record<keyof typeof rooms, string>>
export type Texts = FirstTexts & Partial<RoomTexts>

type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never

/** The arguments `t` takes for a key: none, or one object with a value for each `{name}` of the English sentence. */
export type Values<K extends TextKey> = [Names<English[K]>] extends [never]
  ? []
  : [Record<Names<English[K]>, string | number>]

/** Keys whose sentence has no parameter: what a table of words may hold. */
export type PlainKey = TextKey extends infer K ? (K extends TextKey ? ([Names<English[K]>] extends [never] ? K : never) : never) : never

/** Keys that come as `….one` and `….other`. */
export type CountedKey = TextKey extends infer K ? (K extends `${infer Base}.one` ? Base : never) : never
