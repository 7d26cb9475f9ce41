/** A rule as one sentence with values in it, from the template of its kind. The back end says the same; `tests/sentences.json` holds both. */
import type { Hours, Label, RuleKind, SettingSchema } from '../../api/types'
import { severityWord } from '../../alerts/words'
import { language, t } from '../../lib/language.svelte'

/** A piece of the sentence: fixed words, or with `slot` the value of something. */
export interface Part {
  text: string
  slot: string | null
}

/** What a sentence is made of. */
export interface Said {
  kind: RuleKind
  settings: Readonly<Record<string, unknown>>
  /** Name of the zone or line; `null`: the whole picture, or no line yet. */
  area: string | null
  schedule: readonly Hours[]
  severity: number
  quiet_s: number
}

const SLOT = /\{(\w+)(?::(\w+)(?:=(\w+))?)?\}/g
const GENERAL = new Set(['zone', 'line', 'hours', 'severity', 'quiet', 'labels'])
/** How many classes are named before it is said how many more there are. */
const NAMED = 6
const NBSP = '\u00a0'
/** A phrase with its place for the value left open. */
const HOLE = { value: '{value}' }

export function textOf(parts: readonly Part[]): string {
  return parts.map((part) => part.text).join('')
}

/** The sentence, cut where it can be changed. */
export function partsOf(said: Said, labels: readonly Label[]): Part[] {
  const found: Part[] = []
  const template = said.kind.sentence
  let at = 0
  for (const slot of template.matchAll(SLOT)) {
    found.push({ text: template.slice(at, slot.index), slot: null })
    at = slot.index + slot[0].length
    found.push(...phrase(said, labels, slot[1] ?? '', slot[2], slot[3]))
  }
  found.push({ text: template.slice(at), slot: null })
  return found.filter((part) => part.text !== '')
}

/** The settings of a kind that its sentence leaves out. */
export function unsaid(kind: RuleKind): string[] {
  const named = new Set([...kind.sentence.matchAll(SLOT)].map((slot) => slot[1]))
  return Object.keys(kind.settings.properties).filter((name) => !named.has(name))
}

function phrase(said: Said, labels: readonly Label[], name: string, form: string | undefined, counter: string | undefined): Part[] {
  if (!GENERAL.has(name)) return setting(said.kind, name, said.settings[name])
  switch (name) {
    case 'zone':
      if (said.area === null) return [{ text: form === 'none' ? t('say.nowhere') : t('say.everywhere'), slot: name }]
      return around(t('say.in', HOLE), quoted(said.area), name)
    case 'line':
      return said.area === null ? [{ text: t('say.no_line'), slot: name }] : around(t('say.line', HOLE), quoted(said.area), name)
    case 'hours':
      return [{ text: hoursWords(said.schedule), slot: name }]
    case 'severity':
      return [{ text: severityWord(said.severity).toLowerCase(), slot: name }]
    case 'quiet':
      return said.quiet_s === 0 ? [{ text: t('say.no_quiet'), slot: name }] : around(t('say.quiet', HOLE), duration(said.quiet_s), name)
    default:
      return [{ text: things(strings(said.settings[name]), labels, form ?? 'one', counter !== undefined && said.settings[counter] === 1) || t('say.nothing'), slot: name }]
  }
}

function setting(kind: RuleKind, name: string, value: unknown): Part[] {
  const hints = kind.settings.properties[name]
  if (value === 0 && hints?.['x-phrase-zero'] !== undefined) return [{ text: hints['x-phrase-zero'], slot: name }]
  return around(hints?.['x-phrase'] ?? '{value}', settingWords(hints, value), name)
}

/** One setting's value in words. */
export function settingWords(hints: SettingSchema | undefined, value: unknown): string {
  const word = (hints?.['x-words'] ?? hints?.['x-labels'])?.[String(value)]
  if (word !== undefined) return word
  if (typeof value === 'number') return hints?.['x-widget'] === 'duration' ? duration(value) : decimal(value)
  return value === null || value === undefined ? '…' : String(value)
}

function around(phrase: string, value: string, slot: string): Part[] {
  const [before = '', after = ''] = phrase.split('{value}')
  return [{ text: before, slot: null }, { text: value, slot }, { text: after, slot: null }]
}

/** Classes in words: `a person or a dog` (one), `people or dogs` (count), `no person and no dog` (none). */
export function things(keys: readonly string[], labels: readonly Label[], form: string, single = false): string {
  const shown = keys.length > NAMED ? keys.slice(0, NAMED - 1) : keys
  const names = shown.map((key) => {
    const label = labels.find((one) => one.key === key)
    if (label === undefined) return key
    if (form === 'none') return label.none
    return form === 'count' ? (single ? label.bare : label.several) : label.one
  })
  const count = keys.length - shown.length
  if (count > 0) names.push(form === 'none' ? t('say.more_none', { count }) : form === 'count' ? t('say.more_count', { count }) : t('say.more_one', { count }))
  return listed(names, form === 'none' ? 'say.nor' : 'say.or')
}

function listed(names: readonly string[], join: 'say.or' | 'say.and' | 'say.nor'): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : t(join, { some: names.slice(0, -1).join(', '), last })
}

/** When a rule runs: `between 22:00 and 06:00 or on Sundays all day`. */
export function hoursWords(schedule: readonly Hours[]): string {
  const spans = schedule.map(span)
  return spans.length === 0 || spans.includes('') ? t('say.always') : listed(spans, 'say.or')
}

function span({ days, start, end }: Hours): string {
  const whole = start === end && start === '00:00'
  const on = daysWords([...new Set(days)].sort())
  if (on === '' && whole) return ''
  const at = whole ? t('say.all_day') : t('say.between', { start, end })
  return on === '' ? at : `${on} ${at}`
}

const DAYS = ['say.monday', 'say.tuesday', 'say.wednesday', 'say.thursday', 'say.friday', 'say.saturday', 'say.sunday'] as const

function daysWords(days: readonly number[]): string {
  const key = days.join('')
  if (key === '0123456') return ''
  if (key === '01234') return t('say.weekdays')
  if (key === '56') return t('say.weekends')
  const names = days.flatMap((day) => DAYS[day] ?? []).map((name) => t(name))
  return t('say.on', { days: listed(names, 'say.and') })
}

export function quoted(name: string): string {
  return t('say.quoted', { name })
}

/** `90` is `1 min 30 s`. */
export function duration(seconds: number): string {
  if (seconds < 60 || !Number.isInteger(seconds)) return `${decimal(seconds)}${NBSP}s`
  const units: [number, string][] = [[Math.floor(seconds / 3600), 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']]
  return units.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${NBSP}${unit}`).join(NBSP)
}

function decimal(value: number): string {
  return new Intl.NumberFormat(language(), { useGrouping: false, maximumSignificantDigits: 10 }).format(value)
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}
