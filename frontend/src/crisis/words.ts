/** An activation in words: the same sentences in lists, on its screen and read out. */
import type { ActivationBrief, ActivationLine, ActivationState, AnswerFilter, Channel, PersonDelivery, Step, StepState, VerifiedHow } from '../api/activations'
import type { Shape } from '../kit/severity'
import { clockTime, lasted, when } from '../lib/format'
import { counted, language, t } from '../lib/language.svelte'
import type { PlainKey } from '../texts'

export const HOWS: readonly VerifiedHow[] = ['live', 'on_site', 'call', 'other_camera', 'sensor']
export const CHANNELS: readonly Channel[] = ['app', 'push', 'sms', 'voice', 'email']
/** In the order in which they are looked at; each person is in one of them. */
export const ANSWERS: readonly AnswerFilter[] = ['help', 'safe', 'coming', 'other', 'none', 'not_reached']

export const channelWord = (channel: Channel): string => t(`crisis.channel.${channel}`)
export const howWord = (how: VerifiedHow): string => t(`crisis.verified.${how}`)
export const stateWord = (state: ActivationState): string => t(`crisis.activation.${state}`)
export const stepStateWord = (state: StepState): string => t(`crisis.step.${state}`)
export const answerWord = (answer: AnswerFilter): string => t(`crisis.answer.${answer}`)

export function answerShape(answer: AnswerFilter): Shape {
  const shapes: Record<AnswerFilter, Shape> = { safe: 'safe', help: 'high', coming: 'low', other: 'low', none: 'medium', not_reached: 'unknown' }
  return shapes[answer]
}

/** What started it, and who: `Started 14:32:04 by Agent 2 because of an alert.` */
export function startedSentence(of: ActivationBrief, now: Date): string {
  const cause = t(`crisis.cause.${of.cause}`)
  if (of.started_at === null) return t('crisis.activation.asked_at', { time: timeOf(of.asked_at, now), cause })
  const time = timeOf(of.started_at, now)
  return of.started_by === null ? t('crisis.activation.started_itself', { time, cause }) : t('crisis.activation.started_by', { time, name: of.started_by.name, cause })
}

/** With seconds today, with the day on any other. */
export function timeOf(at: string, now: Date): string {
  const then = new Date(at)
  const short = when(then, now, language())
  return /^\d{2}:\d{2}$/.test(short) ? clockTime(then, language()) : short
}

/** How a start that nobody decides will end. */
export function silenceSentence(of: Pick<ActivationBrief, 'starts_when_silent'>): string {
  return t(of.starts_when_silent ? 'crisis.asking.starts_itself' : 'crisis.asking.drops_itself')
}

/** Whether it was made sure that it is real. */
export function verificationSentence(of: ActivationBrief, now: Date): string {
  if (of.verified_at !== null && of.verified_how !== null) return t('crisis.verification.done', { time: timeOf(of.verified_at, now), how: howWord(of.verified_how), name: of.verified_by?.name ?? '' })
  return t(of.needs_verification ? 'crisis.verification.needed' : 'crisis.verification.not_needed')
}

/** How a step is called: those that nobody wrote beforehand are named here. */
export function stepName(step: Pick<Step, 'key' | 'name' | 'added'>): string {
  if (!step.added) return step.name
  if (step.key === 'stand-down') return t('crisis.step.name_stand_down')
  if (step.key.startsWith('help-')) return t('crisis.step.name_help', { name: step.name })
  if (step.key.startsWith('own-')) return t('crisis.step.name_own', { name: step.name })
  return t('crisis.step.name_message', { name: step.name })
}

const REASONS: Record<string, PlainKey> = {
  answered: 'crisis.reason.answered',
  drill: 'crisis.reason.drill',
  script_gone: 'crisis.reason.script_gone',
  contact_gone: 'crisis.reason.contact_gone',
  removed: 'crisis.reason.contact_gone',
  failed: 'crisis.reason.failed',
  stopped: 'crisis.reason.stopped',
  not_verified: 'crisis.reason.not_verified',
  runs_already: 'crisis.reason.runs_already',
  emergency: 'crisis.reason.emergency',
  short: 'crisis.reason.short',
  not_agreed: 'crisis.reason.not_agreed',
  no_number: 'crisis.reason.no_number',
  no_address: 'crisis.reason.no_address',
}

/** Why a step is where it is, or an empty text. */
export function reasonSentence(reason: string): string {
  return reason === '' ? '' : t(REASONS[reason] ?? 'crisis.reason.unknown')
}

/** What there is to say below a step's name. */
export function stepSentences(step: Step, steps: readonly Step[], now: Date): string[] {
  return [...standing(step, steps, now), step.fell_back ? t('crisis.step.fell_back') : '', step.forced_by === null ? '' : t('crisis.step.forced_by', { name: step.forced_by.name }), step.note].filter((one) => one !== '')
}

function standing(step: Step, steps: readonly Step[], now: Date): string[] {
  const people = step.people === 0 ? '' : counted('crisis.step.people', step.people, { answered: step.answered })
  switch (step.state) {
    case 'waiting':
      return [dueSentence(step, steps, now), step.needed === null ? '' : counted('crisis.step.unless', step.needed)]
    case 'held':
      return [t('crisis.step.held_text')]
    case 'unverified':
      return [t('crisis.step.unverified_text')]
    case 'by_hand':
      return [t('crisis.step.by_hand_text')]
    case 'running':
      return [reasonSentence(step.reason), step.kind === 'emergency' ? t('crisis.step.read_sheet') : '', step.role ?? '', people]
    case 'skipped':
    case 'failed':
      return [reasonSentence(step.reason)]
    case 'cancelled':
      return [t('crisis.step.cancelled_text')]
    case 'done':
      return [people]
  }
}

function dueSentence(step: Step, steps: readonly Step[], now: Date): string {
  if (step.due_at !== null) {
    const left = Date.parse(step.due_at) - now.getTime()
    return left > 0 ? t('crisis.step.due_in', { time: lasted(left) }) : t('crisis.step.due_now')
  }
  const before = steps.find((one) => one.key === step.after)
  if (before === undefined) return step.delay_s > 0 ? t('crisis.step.after_start', { time: lasted(step.delay_s * 1000) }) : t('crisis.step.with_start')
  return step.delay_s > 0 ? t('crisis.step.after_by', { name: stepName(before), time: lasted(step.delay_s * 1000) }) : t('crisis.step.after', { name: stepName(before) })
}

/** Nothing went wrong: the person simply cannot be reached that way. */
export function hasNoWay(of: PersonDelivery): boolean {
  return of.state === 'failed' && of.failure === 'no_address'
}

/** What became of a channel's message to a person: `SMS arrived 14:34`. */
export function deliveryWords(of: PersonDelivery): string {
  const channel = channelWord(of.channel)
  if (hasNoWay(of)) return t('crisis.delivery.none', { channel })
  if (of.state === 'failed') return t('crisis.delivery.failed', { channel, why: failureWord(of.failure) })
  const time = of.at === null ? '' : clockTime(new Date(of.at), language())
  if (of.state === 'delivered') return t('crisis.delivery.delivered', { channel, time })
  if (of.state === 'sent') return t('crisis.delivery.sent', { channel, time })
  if (of.state === 'withdrawn') return t('crisis.delivery.withdrawn', { channel })
  return of.state === 'sending' || of.state === 'claimed' ? t('crisis.delivery.sending', { channel }) : t('crisis.delivery.pending', { channel })
}

const FAILURES: Record<string, PlainKey> = {
  bad_address: 'crisis.failure.bad_address',
  refused: 'crisis.failure.refused',
  stopped: 'crisis.failure.stopped',
  no_answer: 'crisis.failure.no_answer',
  busy: 'crisis.failure.busy',
  unreachable: 'crisis.failure.unreachable',
  provider_down: 'crisis.failure.provider_down',
  provider_busy: 'crisis.failure.provider_busy',
  account: 'crisis.failure.account',
  no_provider: 'crisis.failure.no_provider',
  no_address: 'crisis.failure.no_address',
  lost: 'crisis.failure.lost',
  too_late: 'crisis.failure.too_late',
  over_limit: 'crisis.failure.over_limit',
  emergency: 'crisis.failure.emergency',
}

export function failureWord(code: string): string {
  return t(FAILURES[code] ?? 'crisis.failure.unknown')
}

/** What happened, without its author: `told 212 people: “Staff: go inside”`. */
export function lineSentence(line: ActivationLine, steps: readonly Step[], nameOf: (member: string) => string): string {
  const of = steps.find((one) => one.key === line.step)
  const step = of === undefined ? '' : stepName(of)
  const number = (name: string): number => (typeof line.details[name] === 'number' ? line.details[name] : 0)
  const text = (name: string): string => (typeof line.details[name] === 'string' ? line.details[name] : '')
  switch (line.kind) {
    case 'told':
      return number('again') > 0 ? t('crisis.line.told_again', { step }) : counted('crisis.line.told', number('people'), { step })
    case 'fell_back':
      return counted('crisis.line.fell_back', number('people'), { step })
    case 'verified': {
      const how = HOWS.find((one) => one === text('how'))
      return t('crisis.line.verified', { how: how === undefined ? '' : howWord(how) })
    }
    case 'command': {
      const [director, deputy] = [nameOf(text('director')), nameOf(text('deputy'))]
      return [t('crisis.line.command', { name: director || t('crisis.command.nobody') }), deputy === '' ? '' : t('crisis.line.deputy', { name: deputy })].filter(Boolean).join(' ')
    }
    case 'spoken':
      return step === '' ? t('crisis.line.spoken') : t('crisis.line.spoken_step', { step })
    case 'called':
      return line.person ? t('crisis.line.called_by', { person: line.person, entrance: text('entrance') }) : t('crisis.line.called', { entrance: text('entrance') })
    case 'talk_closed':
      return t('crisis.line.talk_closed', { time: lasted(number('seconds') * 1000) })
    case 'help':
      return number('calls') > 1 ? t('crisis.line.help_again', { person: line.person ?? '', times: number('calls') }) : t('crisis.line.help', { person: line.person ?? '' })
    case 'help_taken':
      return t('crisis.line.help_taken', { person: line.person ?? '' })
    case 'help_closed':
      return t('crisis.line.help_closed', { person: line.person ?? '' })
    case 'step_failed':
      return [t('crisis.line.step_failed', { step }), reasonSentence(text('reason'))].filter(Boolean).join(' ')
    case 'step_began':
    case 'step_done':
    case 'step_skipped':
    case 'step_held':
    case 'step_released':
    case 'task':
      return t(`crisis.line.${line.kind}`, { step })
    case 'note':
      return line.text === '' ? t('crisis.line.note_erased') : line.text
    default:
      return t(`crisis.line.${line.kind}`)
  }
}

/** Whether a line tells something that no other does: of what speaks, the telling says that it began and was done. */
export function isTold(line: Pick<ActivationLine, 'kind' | 'step'>, steps: readonly Step[]): boolean {
  if (line.kind !== 'step_began' && line.kind !== 'step_done') return true
  const kind = steps.find((one) => one.key === line.step)?.kind
  return kind !== 'message' && kind !== 'instruction'
}

/** How much of it is worth a line's sign: what went wrong and who needs help. */
export function lineShape(kind: ActivationLine['kind']): Shape | null {
  if (kind === 'help' || kind === 'step_failed' || kind === 'fell_back') return 'high'
  return kind === 'started' || kind === 'asked' ? 'critical' : null
}

/** How it ended, or that it was not started; an empty text for what is not over. */
export function endedSentence(of: ActivationBrief, now: Date): string {
  if (of.ended_at === null) return ''
  const time = timeOf(of.ended_at, now)
  if (of.state === 'ended') return t('crisis.activation.ended_by', { time, name: of.ended_by?.name ?? '' })
  return of.ended_by === null ? t('crisis.activation.dropped_itself', { time }) : t('crisis.activation.dropped_by', { time, name: of.ended_by.name })
}
