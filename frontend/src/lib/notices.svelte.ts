/** Short messages about what was just done, shown at the bottom of the page and read out. */

export interface Notice {
  id: number
  text: string
  wrong: boolean
  /** Where it is dealt with. */
  href?: string
}

class Notices {
  list = $state.raw<Notice[]>([])
}
export const notices = new Notices()
let next = 0

/** Say a sentence; a refusal stays until it is closed, the rest goes by itself. */
export function say(text: string, wrong = false, href?: string): void {
  const id = (next += 1)
  notices.list = [...notices.list.slice(-2), { id, text, wrong, href }]
  if (!wrong) setTimeout(() => dismiss(id), 6000)
}

/** What was said to one person is not shown to the next. */
export function clearNotices(): void {
  notices.list = []
}

export function dismiss(id: number): void {
  notices.list = notices.list.filter((notice) => notice.id !== id)
}
