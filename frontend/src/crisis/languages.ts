/** How languages are named in the reader's own. */
import { language, tagOf } from '../lib/language.svelte'

export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([tagOf(language())], { type: 'language' }).of(code) ?? code
  } catch {
    return code // not a tag that the browser knows
  }
}

export function languageNames(codes: readonly string[]): string {
  return new Intl.ListFormat(tagOf(language()), { type: 'conjunction' }).format(codes.map(languageName))
}
