/** The feed by keyboard: j and k move, Enter opens (the title is a link), a takes. */

/** Handle a key. `root` holds the rows, each with a link in its title; `take` gets the id of the row with the focus, or of the first open one. */
export function handleKey(event: KeyboardEvent, root: HTMLElement | undefined, take: (id: string) => void): void {
  if (root === undefined || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return
  const rows = [...root.querySelectorAll<HTMLElement>('[data-alert]')]
  const index = rows.findIndex((row) => row.contains(document.activeElement))
  if (event.key === 'j' || event.key === 'k') {
    const next = index === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, index + (event.key === 'j' ? 1 : -1)))
    rows[next]?.querySelector<HTMLElement>('h3 a')?.focus()
    event.preventDefault()
  } else if (event.key === 'a') {
    const row = rows[index] ?? rows.find((one) => one.dataset['state'] === 'open')
    if (row?.dataset['alert']) take(row.dataset['alert'])
  }
}

/** Whether a key belongs to a field or an open dialog or menu. */
export function isWriting(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"], [role="menu"]') !== null) return true
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
}
