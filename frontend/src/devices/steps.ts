/** A script's document in sentences, a line a step, each with its place: `2`, `2.then.0`, `3.1.0`. */
import { t } from '../lib/language.svelte'

type Otherwise = 'ask' | 'go_on' | 'stop'
interface OfDevice {
  device: string
  state: string
  limit_s: number
  otherwise: Otherwise
}
export type Step =
  | ({ do: 'set' } & OfDevice)
  | { do: 'wait'; seconds: number }
  | ({ do: 'wait_for' } & OfDevice)
  | ({ do: 'if'; then: Step[]; else: Step[] } & OfDevice)
  | { do: 'parallel'; branches: Step[][] }
  | { do: 'stop' }

export interface Line {
  /** Empty: a heading between steps. */
  path: string
  depth: number
  text: string
  /** What happens when it does not do what it should; empty: nothing can go wrong. */
  otherwise: string
}

/** What a device and its states are called. */
export type Names = (device: string, state: string) => { name: string; word: string }

export function linesOf(document: Readonly<Record<string, unknown>>, names: Names): Line[] {
  const steps = document['steps']
  return Array.isArray(steps) ? [...walk(steps as Step[], '', 0, names)] : []
}

function* walk(steps: readonly Step[], prefix: string, depth: number, names: Names): Generator<Line> {
  for (const [at, step] of steps.entries()) {
    const path = `${prefix}${at}`
    yield { path, depth, text: sentenceOf(step, names), otherwise: 'otherwise' in step ? otherwise(step.otherwise) : '' }
    if (step.do === 'if') {
      yield* walk(step.then, `${path}.then.`, depth + 1, names)
      if (step.else.length > 0) {
        yield { path: '', depth, text: t('script.else'), otherwise: '' }
        yield* walk(step.else, `${path}.else.`, depth + 1, names)
      }
    }
    if (step.do === 'parallel') {
      for (const [number, branch] of step.branches.entries()) {
        if (number > 0) yield { path: '', depth: depth + 1, text: t('script.and'), otherwise: '' }
        yield* walk(branch, `${path}.${number}.`, depth + 1, names)
      }
    }
  }
}

function sentenceOf(step: Step, names: Names): string {
  if (step.do === 'wait') return t('script.wait', { time: span(step.seconds) })
  if (step.do === 'parallel') return t('script.parallel')
  if (step.do === 'stop') return t('script.stop_here')
  const { name, word } = names(step.device, step.state)
  const values = { device: name, state: word, time: span(step.limit_s) }
  if (step.do === 'set') return t('script.set', values)
  return step.do === 'wait_for' ? t('script.wait_for', values) : t('script.if', values)
}

function otherwise(what: Otherwise): string {
  if (what === 'ask') return t('script.otherwise_ask')
  return what === 'stop' ? t('script.otherwise_stop') : t('script.otherwise_go_on')
}

/** `20 s`, `3 min`, `1 min 30 s`. */
export function span(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  const rest = seconds % 60
  return [minutes > 0 ? `${minutes}\u00a0min` : '', rest > 0 || minutes === 0 ? `${rest}\u00a0s` : ''].filter((part) => part !== '').join(' ')
}
