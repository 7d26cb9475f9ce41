/** Which language the page speaks, and how a sentence is looked up in it. One folder per language under `texts/`. */
import { untrack } from 'svelte'
import type { FirstTexts, RoomTexts, Texts, TextKey, Values, CountedKey } from '../texts'

/** A language's code, the name of its folder under `texts/`. */
export type Language = string

const FIRST: Language = 'en'
const folder = (path: string): Language => path.split('/').at(-2) ?? FIRST
/** `typeset`: what a language's own rules ask of every sentence, as French does of its no-break spaces. */
const about = import.meta.glob<{ name: string; tag: string; typeset?: (sentence: string) => string }>('../texts/*/language.ts', { eager: true, import: 'default' })
const first = import.meta.glob<FirstTexts>('../texts/*/index.ts', { import: 'default' })
const rooms = import.meta.glob<RoomTexts>('../texts/*/rooms.ts', { import: 'default' })
const loaders = new Map(Object.entries(first).map(([path, load]) => [folder(path), load]))
const roomLoaders = new Map(Object.entries(rooms).map(([path, load]) => [folder(path), load]))
const setters = new Map(Object.entries(about).map(([path, { typeset }]) => [folder(path), typeset]))
const tags = new Map(Object.entries(about).map(([path, { tag }]) => [folder(path), tag]))

/** Every language there is a folder for: adding one is adding its folder. */
export const LANGUAGES: readonly { code: Language; name: string }[] = Object.entries(about).map(([path, { name }]) => ({ code: folder(path), name }))

/** How the language is named where dates and numbers are written: `fr-FR`. */
export function tagOf(code: Language): string {
  return tags.get(code) ?? code
}

class LanguageState {
  code = $state<Language>(FIRST)
  texts = $state.raw<Texts | null>(null)
  /** A room beyond the first screens was opened: its texts come with every language from then on. */
  rooms = false
}
const state = new LanguageState()

/** The language of now; reading it in a component makes the component follow a change. */
export function language(): Language {
  return state.code
}

export function isLanguage(value: string | null | undefined): value is Language {
  return typeof value === 'string' && loaders.has(value)
}

/** Load a language's texts and switch the page to it. */
export async function speak(code: Language): Promise<void> {
  const load = loaders.get(code)
  if (load === undefined) return
  const [texts, more] = await Promise.all([load(), state.rooms ? roomLoaders.get(code)?.() : undefined])
  state.texts = typeset(code, { ...texts, ...more })
  state.code = code
  if (typeof document !== 'undefined') {
    document.documentElement.lang = code
    remember(code)
  }
}

function typeset(code: Language, texts: Texts): Texts {
  const set = setters.get(code)
  return set === undefined ? texts : (Object.fromEntries(Object.entries(texts).map(([key, sentence]) => [key, set(sentence)])) as Texts)
}

let coming: Promise<void> | null = null

/** Load what the rooms beyond the first screens say, in the language of now; once. */
export function speakOfRooms(): Promise<void> {
  // Not followed: a screen that is being loaded would be loaded anew, and lose what is entered, when the language changes.
  coming ??= untrack(loadRooms)
  return coming
}

/** A part of the page that is loaded when it is needed, together with what it says. */
export async function withTexts<T>(part: Promise<T>): Promise<T> {
  return (await Promise.all([part, speakOfRooms()]))[0]
}

async function loadRooms(): Promise<void> {
  state.rooms = true
  const { code } = state
  const more = await roomLoaders.get(code)?.()
  // Another language that was chosen meanwhile brings its own.
  if (state.texts !== null && state.code === code) state.texts = typeset(code, { ...state.texts, ...more })
}

/** The language that was chosen here before, or else the first of the browser's that we speak. */
export function guessLanguage(): Language {
  try {
    const kept = localStorage.getItem('vigie.language')
    if (isLanguage(kept)) return kept
  } catch {
    // Nothing kept: the browser decides.
  }
  for (const tag of navigator.languages) {
    const short = tag.slice(0, 2)
    if (isLanguage(short)) return short
  }
  return FIRST
}

function remember(code: Language): void {
  try {
    localStorage.setItem('vigie.language', code)
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}

/** The sentence of this key with its parameters filled in. A key or a parameter that is missing does not compile. */
export function t<K extends TextKey>(key: K, ...values: Values<K>): string {
  const sentence: string = state.texts?.[key] ?? key
  const given: Record<string, string | number> | undefined = values[0]
  return given === undefined ? sentence : fill(sentence, given)
}

/** The sentence for a number of things: `key.one` or `key.other`, by the language's own rule; `{count}` is written in its way, other places from `more`. */
export function counted(key: CountedKey, count: number, more: Readonly<Record<string, string | number>> = {}): string {
  const form = new Intl.PluralRules(state.code).select(count) === 'one' ? 'one' : 'other'
  const sentence = state.texts?.[`${key}.${form}`] ?? key
  return fill(sentence, { ...more, count: new Intl.NumberFormat(state.code).format(count) })
}

function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
