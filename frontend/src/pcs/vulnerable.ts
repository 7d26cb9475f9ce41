/** Finding somebody in the list of who is looked after first: in the page only, so that no search is sent anywhere. */
import type { Vulnerable } from '../api/pcs'

const folded = (text: string, language: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase(language)

/** Those of whom every word is found somewhere, whatever their accents and capitals. */
export function found(people: readonly Vulnerable[], text: string, language: string): readonly Vulnerable[] {
  const words = folded(text, language).split(/\s+/).filter((word) => word !== '')
  if (words.length === 0) return people
  return people.filter((one) => {
    const known = folded([one.name, one.address, one.phone, one.needs, one.contact, one.notes].join(' '), language)
    return words.every((word) => known.includes(word))
  })
}
