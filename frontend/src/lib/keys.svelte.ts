/** Keys that do something on a screen: each screen says which and what for, and `?` shows them all. */
import { onDestroy } from 'svelte'

export interface Key {
  /** As `KeyboardEvent.key` says it: `a`, `/`, `ArrowLeft`, `Enter`. */
  key: string
  /** What it does, in the reader's language; empty where another key's text says it too. */
  text: string
  run: (event: KeyboardEvent) => void
  /** Whether it does something now; a key that does nothing is left to the browser. */
  when?: () => boolean
}

export interface KeyGroup {
  title: () => string
  keys: () => readonly Key[]
}

class Keys {
  groups = $state.raw<readonly KeyGroup[]>([])
  /** Single keys can be switched off: who speaks to the computer would trigger them by words (WCAG 2.1.4). */
  on = $state(readOn())
}
const state = new Keys()

/** The keys of a component, for as long as it stands. Call it when the component is set up; `keys` may read its state. */
export function useKeys(title: () => string, keys: () => readonly Key[]): void {
  const group = { title, keys }
  state.groups = [...state.groups, group]
  onDestroy(() => (state.groups = state.groups.filter((one) => one !== group)))
}

export function keyGroups(): readonly KeyGroup[] {
  return state.groups
}

export function keysAreOn(): boolean {
  return state.on
}

export function switchKeys(on: boolean): void {
  state.on = on
  try {
    localStorage.setItem('vigie.keys', on ? 'on' : 'off')
  } catch {
    // It then lasts as long as the page.
  }
}

/** Run what a pressed key stands for; the screen that was set up last is asked first. */
export function press(event: KeyboardEvent): void {
  if (!state.on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return
  for (const group of [...state.groups].reverse()) {
    const found = group.keys().find((one) => one.key === event.key && (one.when?.() ?? true))
    if (found === undefined) continue
    event.preventDefault()
    found.run(event)
    return
  }
}

/** Whether a key belongs to a field or an open dialog or menu. */
export function isWriting(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]') !== null) return true
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
}

/** How a key is written on its cap. */
export function cap(key: string): string {
  const names: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Enter: '⏎', Escape: 'Esc', ' ': '␣' }
  return names[key] ?? (key.length === 1 ? key.toUpperCase() : key)
}

function readOn(): boolean {
  try {
    return localStorage.getItem('vigie.keys') !== 'off'
  } catch {
    return true
  }
}
