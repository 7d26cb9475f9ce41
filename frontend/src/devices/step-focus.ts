/** Where the keyboard stands in the editor of a script: at a step's field, or at the button that has moved it. */
import { tick } from 'svelte'

const stepAt = (key: string): HTMLElement | null => document.querySelector<HTMLElement>(`[data-step="${CSS.escape(key)}"]`)

/** At what is wrong with a step, else at its first field; where it has none, at what can be put into it, else at its buttons. No step: where the first is put in. */
export async function focusStep(key: string | null): Promise<void> {
  await tick()
  if (key === null) return document.querySelector<HTMLElement>('form.script .add button')?.focus()
  const step = stepAt(key)
  const places = [':scope > .what [aria-invalid="true"]', ':scope > .what :is(select, input)', ':scope > .ways .add button', ':scope > .top button:not(:disabled)']
  for (const place of places) {
    const found = step?.querySelector<HTMLElement>(place)
    if (found) return found.focus()
  }
}

/** At the button that moved the step, which stands elsewhere now; at its end the other one. */
export async function focusMove(key: string, by: -1 | 1): Promise<void> {
  await tick()
  const buttons = stepAt(key)?.querySelectorAll<HTMLButtonElement>(':scope > .top [data-move]') ?? []
  const wanted = [...buttons].find((one) => one.dataset['move'] === String(by))
  ;(wanted?.disabled === false ? wanted : [...buttons].find((one) => !one.disabled))?.focus()
}
