/** What was found, in words: the class of a box, and how many of each. */
import { labels } from '../data/labels.svelte'
import { counted, language, t } from '../lib/language.svelte'
import { number } from '../lib/format'
import type { CountedKey } from '../texts'

/** Classes that have a plural of their own; all others are named as the API does. */
const PLURALS: Readonly<Record<string, CountedKey>> = {
  person: 'count.person',
  car: 'count.car',
  bicycle: 'count.bicycle',
  motorcycle: 'count.motorcycle',
  truck: 'count.truck',
  bus: 'count.bus',
  dog: 'count.dog',
}

export function className(label: string): string {
  return labels.value.find((one) => one.key === label)?.name ?? label
}

/** `6 people, 1 car` */
export function countsSentence(counts: readonly { label: string; count: number }[]): string {
  return counts
    .map(({ label, count }) => {
      const key = PLURALS[label]
      return key === undefined ? t('count.other', { count: number(count, language()), what: className(label) }) : counted(key, count)
    })
    .join(', ')
}
