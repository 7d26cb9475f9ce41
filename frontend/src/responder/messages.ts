/** What is shown of messages, as pure functions: which are open, which answers there are, how an answer reads. */
import type { AnswerKind, Choice, OwnAnswer, OwnMessage } from '../api/responder'
import type { Shape } from '../kit/severity'
import { t } from '../lib/language.svelte'
import type { PlainKey } from '../texts'

const ASKS_FOR_MS = 2 * 86_400_000

/** The messages that are shown whole: the newest, and those of the last two days that ask for something nobody answered. */
export function shownWhole(messages: readonly OwnMessage[], now: number): ReadonlySet<string> {
  const asks = (one: OwnMessage): boolean => !one.withdrawn && one.choices.length > 0 && one.answers.length === 0 && now - Date.parse(one.created_at) < ASKS_FOR_MS
  return new Set(messages.filter((one, index) => index === 0 || asks(one)).map((one) => one.id))
}

/** A button that answers. */
export interface Button {
  kind: AnswerKind
  words: string
  /** What it says where the kind alone says nothing. */
  text: string
}

const WORDS: Record<AnswerKind, PlainKey> = { safe: 'answer.safe', help: 'answer.help', coming: 'answer.coming', seen: 'answer.seen', other: 'answer.other' }

export function kindWord(kind: AnswerKind): string {
  return t(WORDS[kind])
}

/** The answers that a message offers, in a language, safe and help first. Help can be called for whatever it offers. */
export function buttons(choices: readonly Choice[], language: string): Button[] {
  const made = choices.map((one) => {
    const words = capital(one.words[language] ?? kindWord(one.kind))
    return { kind: one.kind, words, text: one.kind === 'other' ? words : '' }
  })
  if (!made.some((one) => one.kind === 'help')) made.push({ kind: 'help', words: t('answer.help'), text: '' })
  const order: readonly AnswerKind[] = ['safe', 'help', 'coming', 'seen', 'other']
  return made.sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))
}

const SHAPES: Partial<Record<AnswerKind, Shape>> = { safe: 'safe', help: 'high' }

export function shapeOfAnswer(kind: AnswerKind): Shape {
  return SHAPES[kind] ?? 'low'
}

/** An answer in one line: what it says, where, in whose words. */
export function answerLine({ kind, text, place }: Pick<OwnAnswer, 'kind' | 'text' | 'place'>): string {
  return [kind === 'other' && text !== '' ? '' : kindWord(kind), place, text === '' ? '' : t('answer.quoted', { text })].filter((part) => part !== '').join(', ')
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
