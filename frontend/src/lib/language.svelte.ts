/** Which language the page speaks, and how a sentence is looked up in it. One folder per language under `texts/`. */
import type { Texts, TextKey, Values, CountedKey } from '../texts'

export type Language = 'en' | 'fr'
export const LANGUAGES: readonly { code: Language; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'fr', name: 'Français' },
]

const loaders: Record<Language, () => Promise<Texts>> = {
  en: async () => (await import('../texts/en')).en,
  fr: async () => (await import('../texts/fr')).fr,
}

class LanguageState {
  code = $state<Language>('en')
  texts = $state.raw<Texts | null>(null)
}
const state = new LanguageState()

/** The language of now; reading it in a component makes the component follow a change. */
export function language(): Language {
  return state.code
}

export function isLanguage(value: string | null | undefined): value is Language {
  return value === 'en' || value === 'fr'
}

/** Load a language's texts and switch the page to it. */
export async function speak(code: Language): Promise<void> {
  const texts = await loaders[code]()
  state.texts = texts
  state.code = code
  if (typeof document !== 'undefined') {
    document.documentElement.lang = code
    remember(code)
  }
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
  return 'en'
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

/** The sentence for a number of things: `key.one` or `key.other`, by the language's own rule; `{count}` is written in its way. */
export function counted(key: CountedKey, count: number): string {
  const form = new Intl.PluralRules(state.code).select(count) === 'one' ? 'one' : 'other'
  const sentence = state.texts?.[`${key}.${form}`] ?? key
  return fill(sentence, { count: new Intl.NumberFormat(state.code).format(count) })
}

function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
