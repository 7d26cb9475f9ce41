/** Where the focus goes when what held it is gone. */
import { tick } from 'svelte'

export async function focusOn(...selectors: readonly string[]): Promise<void> {
  await tick()
  for (const selector of selectors) {
    const found = document.querySelector<HTMLElement>(selector)
    if (found !== null) return found.focus()
  }
}
