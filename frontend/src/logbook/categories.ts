/** How the list of categories is edited. Pure, so that it can be tested without a page. */
import type { LogbookCategory } from '../api/logbook'

export type Names = Record<string, string>

/** A field for each language, empty where there is no name. */
export function fieldsOf(languages: readonly { code: string }[], names: Readonly<Names> = {}): Names {
  return Object.fromEntries(languages.map(({ code }) => [code, names[code] ?? '']))
}

/** The names that were changed in the fields; an empty one takes the name away. */
export function changedNames(fields: Readonly<Names>, names: Readonly<Names>): Names {
  return Object.fromEntries(Object.entries(fields).map(([code, text]) => [code, text.trim()] as const).filter(([code, text]) => text !== (names[code] ?? '')))
}

/** In front of which category one goes that is moved a place up (-1) or down (1); `null`: last; `undefined`: it is at the end already. */
export function beforeWhich(order: readonly Pick<LogbookCategory, 'id'>[], id: string, step: -1 | 1): string | null | undefined {
  const at = order.findIndex((one) => one.id === id)
  const to = at + step
  if (at < 0 || to < 0 || to >= order.length) return undefined
  return order[step < 0 ? to : to + 1]?.id ?? null
}

/** The sentence beside the field of a language; what is wrong with all of them stands beside the first. */
export function nameError(errors: Readonly<Record<string, string>>, code: string, first: boolean): string {
  return errors[`names.${code}`] ?? (first ? errors['names'] : undefined) ?? ''
}
