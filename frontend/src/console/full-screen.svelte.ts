/** The wall on the whole screen: bar and rail are behind it then, and out of the keyboard's way. */
import { say } from '../lib/notices.svelte'
import { t } from '../lib/language.svelte'

class FullScreen {
  on = $state(false)

  async toggle(): Promise<void> {
    try {
      if (document.fullscreenElement === null) await document.documentElement.requestFullscreen()
      else await document.exitFullscreen()
    } catch {
      say(t('wall.full_refused'), true)
    }
  }

  /** Follow the browser, which may leave it by itself; returns how to stop, and leaves it. */
  follow(): () => void {
    const read = (): void => this.turn(document.fullscreenElement !== null)
    read()
    document.addEventListener('fullscreenchange', read)
    return () => {
      document.removeEventListener('fullscreenchange', read)
      if (document.fullscreenElement !== null) void document.exitFullscreen()
      this.turn(false)
    }
  }

  private turn(on: boolean): void {
    this.on = on
    for (const behind of document.querySelectorAll<HTMLElement>('.app > header, .app > nav, .skip')) behind.inert = on
  }
}
export const fullScreen = new FullScreen()
