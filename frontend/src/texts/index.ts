/** What the texts of a language must hold: exactly the keys of the English ones, with the same parameters. */
import type { en } from './en'

export type TextKey = keyof typeof en
export type Texts = Readonly<Record<TextKey, string>>

type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never

/** The arguments `t` takes for a key: none, or one object with a value for each `{name}` of the English sentence. */
export type Values<K extends TextKey> = [Names<(typeof en)[K]>] extends [never]
  ? []
  : [Record<Names<(typeof en)[K]>, string | number>]

/** Keys whose sentence has no parameter: what a table of words may hold. */
export type PlainKey = TextKey extends infer K ? (K extends TextKey ? ([Names<(typeof en)[K]>] extends [never] ? K : never) : never) : never

/** Keys that come as `….one` and `….other`. */
export type CountedKey = TextKey extends infer K ? (K extends `${infer Base}.one` ? Base : never) : never
