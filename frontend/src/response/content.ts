/** A plan's document as the editor changes it: steps added, changed, taken away, and when each begins. Nothing is changed in place. */
import type { Audience, Group, PlanContent, PlanStep, Words } from '../api/response'

export type StepKind = PlanStep['kind']
export const STEP_KINDS: readonly StepKind[] = ['message', 'instruction', 'devices', 'emergency', 'task']

export const EMPTY_WORDS: Words = { subject: '', text: '', short: '', spoken: '', plain: '' }

/** A key that no step has: `message`, `message-2`, … */
export function freeKey(kind: StepKind, steps: readonly PlanStep[]): string {
  const taken = new Set(steps.map((step) => step.key))
  let number = 1
  const key = (): string => (number === 1 ? kind : `${kind}-${number}`)
  while (taken.has(key())) number += 1
  return key()
}

/** A step as it is begun: at once, for nobody in particular yet. */
export function newStep(kind: StepKind, name: string, content: PlanContent, audience: Audience, script: string): PlanStep {
  const shared = { key: freeKey(kind, content.steps), name, after: null, delay_s: 0, unless: null, by_hand: false }
  const empty = <T>(of: () => T): Record<string, T> => Object.fromEntries(content.languages.map((language) => [language, of()]))
  if (kind === 'message') {
    return { ...shared, kind, to: audience, ways: [{ channel: 'app', after_s: 0 }, { channel: 'push', after_s: 0 }, { channel: 'sms', after_s: 0 }], words: empty(() => ({ ...EMPTY_WORDS })), choices: [], first: false }
  }
  if (kind === 'instruction') return { ...shared, kind, words: empty(() => ''), recordings: {}, again_every_s: 0, times: 1 }
  if (kind === 'devices') return { ...shared, kind, script, in_drills: false }
  if (kind === 'emergency') return { ...shared, kind, contact: null, how: 'sheet' }
  return { ...shared, kind, role: '', within_s: 0 }
}

export const stepOf = (content: PlanContent, key: string): PlanStep | undefined => content.steps.find((step) => step.key === key)

export function withStep(content: PlanContent, step: PlanStep): PlanContent {
  const known = content.steps.some((one) => one.key === step.key)
  return { ...content, steps: known ? content.steps.map((one) => (one.key === step.key ? step : one)) : [...content.steps, step] }
}

/** Without a step; what came after it comes after what it came after, at the same time as before. */
export function withoutStep(content: PlanContent, key: string): PlanContent {
  const gone = stepOf(content, key)
  if (gone === undefined) return content
  const steps = content.steps.filter((one) => one.key !== key).map((one) => {
    const unless = one.unless?.step === key ? null : one.unless
    if (one.after !== key) return unless === one.unless ? one : { ...one, unless }
    return { ...one, unless, after: gone.after, delay_s: Math.min(one.delay_s + gone.delay_s, 86_400) }
  })
  return { ...content, steps }
}

/** In these languages: a new one is empty everywhere; what was written in one that is left out stays until the plan is saved. */
export function withLanguages(content: PlanContent, languages: readonly string[]): PlanContent {
  return { ...content, languages: [...languages] }
}

/** What is played instead of a machine's voice; unsaved work that this browser keeps from before there were recordings has none. */
export const recordingsOf = (step: Partial<Pick<Extract<PlanStep, { kind: 'instruction' }>, 'recordings'>>): Readonly<Record<string, string>> => step.recordings ?? {}

/** As it is sent: no words of languages that the plan is not in, and none that are empty where empty ones are refused. */
export function asSent(content: PlanContent): PlanContent {
  const kept = <T>(words: Readonly<Record<string, T>>, isWritten: (one: T) => boolean): Record<string, T> =>
    Object.fromEntries(Object.entries(words).filter(([language, one]) => content.languages.includes(language) && isWritten(one)))
  return {
    ...content,
    steps: content.steps.map((step) => {
      if (step.kind === 'instruction') return { ...step, words: kept(step.words, (text) => text.trim() !== ''), recordings: kept(recordingsOf(step), () => true) }
      if (step.kind !== 'message') return step
      return { ...step, words: kept(step.words, () => true), choices: step.choices.map((choice) => ({ ...choice, words: kept(choice.words, (word) => word.trim() !== '') })) }
    }),
    stand_down: kept(content.stand_down, isWritten),
  }
}

/** Whether anything is said in one language. */
export const isWritten = (words: Words): boolean => Object.values(words).some((text) => text.trim() !== '')

/** Seconds from the start to each step; `null` where it waits for a hand, or its order is broken. As the server counts. */
export function begins(steps: readonly PlanStep[]): Map<string, number | null> {
  const byKey = new Map(steps.map((step) => [step.key, step]))
  const found = new Map<string, number | null>()
  const begin = (key: string): number | null => {
    const known = found.get(key)
    if (known !== undefined) return known
    found.set(key, null) // while it is looked at: a step that waits for itself has no time
    const step = byKey.get(key)
    if (step === undefined || step.by_hand || (step.after !== null && !byKey.has(step.after))) return null
    const before = step.after === null ? 0 : begin(step.after)
    const at = before === null ? null : before + step.delay_s
    found.set(key, at)
    return at
  }
  for (const key of byKey.keys()) begin(key)
  return found
}

/** Steps after which this one may come: not itself, and none that waits for it. */
export function mayFollow(steps: readonly PlanStep[], key: string): PlanStep[] {
  const waitsFor = (step: PlanStep): string[] => [step.after, step.unless?.step ?? null].filter((one): one is string => one !== null)
  const byKey = new Map(steps.map((step) => [step.key, step]))
  const reaches = (from: string, seen: Set<string>): boolean => {
    if (from === key) return true
    if (seen.has(from)) return false
    seen.add(from)
    const step = byKey.get(from)
    return step !== undefined && waitsFor(step).some((one) => reaches(one, seen))
  }
  return steps.filter((step) => !reaches(step.key, new Set()))
}

/** Steps that people can answer. */
export const answered = (steps: readonly PlanStep[]): PlanStep[] => steps.filter((step) => step.kind === 'message' && step.choices.length > 0)

/** A group as one text, the same for the same group. */
export function groupKey(group: Group): string {
  switch (group.kind) {
    case 'role':
      return `role:${group.role}`
    case 'profile':
      return `profile:${group.profile}`
    case 'list':
      return `list:${group.list}`
    case 'people':
      return `people:${[...group.people].sort().join()}`
    case 'site':
      return `site:${group.site}`
    case 'on_call':
      return `on_call:${group.schedule}`
    case 'area':
      return `area:${JSON.stringify(group.outline)}`
  }
}

export const audienceKey = (audience: Audience): string => `${audience.whom} ${audience.groups.map(groupKey).sort().join(' ')}`

/** Where in the document a fault is: `document.steps.3.words.fr.text`, `steps.3.to`. */
export interface Fault {
  step: string | null
  /** What of the step, or of the plan: `to`, `ways`, `words`, `choices`, `risk`, … */
  part: string
  /** Of words. */
  language: string | null
}

export function faultAt(field: string, content: PlanContent): Fault {
  const parts = field.split('.').filter((part, index) => index > 0 || part !== 'document')
  if (parts[0] !== 'steps') return { step: null, part: parts[0] ?? '', language: parts[0] === 'stand_down' ? (parts[1] ?? null) : null }
  const step = content.steps[Number(parts[1])]
  return { step: step?.key ?? null, part: parts[2] ?? '', language: parts[2] === 'words' ? (parts[3] ?? null) : null }
}

export interface Piece {
  text: string
  /** A place's name; empty: plain words. */
  place: string
}

/** A text cut at its places: `{site}` is one, `{{` and `}}` are braces. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let plain = ''
  for (let at = 0; at < text.length; ) {
    const place = /^\{([a-z_]+)\}/.exec(text.slice(at))
    const doubled = text.startsWith('{{', at) || text.startsWith('}}', at)
    if (place === null || doubled) {
      plain += text.slice(at, at + (doubled ? 2 : 1))
      at += doubled ? 2 : 1
      continue
    }
    if (plain !== '') found.push({ text: plain, place: '' })
    plain = ''
    found.push({ text: place[0], place: place[1] ?? '' })
    at += place[0].length
  }
  if (plain !== '') found.push({ text: plain, place: '' })
  return found
}

/** A text with a token put in at the caret, and where the caret is then. Words that it touches keep a space. */
export function inserted(text: string, token: string, start: number, end: number): { text: string; caret: number } {
  const before = text.slice(0, start)
  const after = text.slice(end)
  const put = (before === '' || /[\s([«“"'’]$/.test(before) ? '' : ' ') + token + (/^[\p{L}\p{N}{]/u.test(after) ? ' ' : '')
  return { text: before + put + after, caret: (before + put).length }
}
