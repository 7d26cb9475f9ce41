/** What this browser remembers about how its user likes the page: theme, sound. Nothing of it is needed. */

export type Theme = 'dark' | 'light'

class Preferences {
  theme = $state<Theme>('dark')
  sound = $state(false)
}
export const preferences = new Preferences()

export function readPreferences(): void {
  preferences.theme = kept('theme') === 'light' ? 'light' : 'dark'
  preferences.sound = kept('sound') === 'on'
  show(preferences.theme)
}

export function setTheme(theme: Theme): void {
  preferences.theme = theme
  keep('theme', theme)
  show(theme)
}

export function setSound(on: boolean): void {
  preferences.sound = on
  keep('sound', on ? 'on' : 'off')
}

function show(theme: Theme): void {
  if (theme === 'light') document.documentElement.dataset['theme'] = 'light'
  else delete document.documentElement.dataset['theme']
}

function kept(name: string): string | null {
  try {
    return localStorage.getItem(`vigie.${name}`)
  } catch {
    return null
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`vigie.${name}`, value)
  } catch {
    // It then lasts as long as the page.
  }
}
