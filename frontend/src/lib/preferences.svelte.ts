/** How its user likes the page: theme, contrast, density, sound. Kept here, so that the first paint is right; the profile keeps it too. */

export const THEMES = ['dark', 'light', 'system'] as const
export const CONTRASTS = ['normal', 'more'] as const
export const DENSITIES = ['comfortable', 'compact'] as const
export type Theme = (typeof THEMES)[number]
export type Contrast = (typeof CONTRASTS)[number]
export type Density = (typeof DENSITIES)[number]

class Preferences {
  theme = $state<Theme>('dark')
  contrast = $state<Contrast>('normal')
  density = $state<Density>('comfortable')
  sound = $state(false)
  /** 0 to 100. */
  volume = $state(60)
}
export const preferences = new Preferences()
export type Preference = Omit<Preferences, 'constructor'>

const prefersLight = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-color-scheme: light)')

export function readPreferences(): void {
  preferences.theme = oneOf(THEMES, kept('theme'), 'dark')
  preferences.contrast = oneOf(CONTRASTS, kept('contrast'), 'normal')
  preferences.density = oneOf(DENSITIES, kept('density'), 'comfortable')
  preferences.sound = kept('sound') === 'on'
  const volume = Number.parseInt(kept('volume') ?? '', 10)
  preferences.volume = Number.isNaN(volume) ? 60 : Math.min(100, Math.max(0, volume))
  show()
  prefersLight?.addEventListener('change', show)
}

let whenPreferred: (change: Partial<Preference>) => void = () => undefined

/** Say what happens when the user prefers something else, besides this page following. */
export function onPreferred(handler: (change: Partial<Preference>) => void): void {
  whenPreferred = handler
}

/** Change some of it: the page follows at once, this browser remembers, and the member's account does. */
export function prefer(change: Partial<Preference>): void {
  follow(change)
  whenPreferred(change)
}

/** Take over what is kept elsewhere: the page follows, and this browser remembers. */
export function follow(change: Partial<Preference>): void {
  Object.assign(preferences, change)
  for (const name of ['theme', 'contrast', 'density'] as const) keep(name, preferences[name])
  keep('sound', preferences.sound ? 'on' : 'off')
  keep('volume', String(preferences.volume))
  show()
}

export function setTheme(theme: Theme): void {
  prefer({ theme })
}

export function setSound(on: boolean): void {
  prefer({ sound: on })
}

/** Whether the page is light now, whoever decided it. */
export function isLight(): boolean {
  return preferences.theme === 'light' || (preferences.theme === 'system' && prefersLight?.matches === true)
}

function show(): void {
  const { dataset } = document.documentElement
  set(dataset, 'theme', isLight() ? 'light' : null)
  set(dataset, 'contrast', preferences.contrast === 'more' ? 'more' : null)
  set(dataset, 'density', preferences.density === 'compact' ? 'compact' : null)
}

function set(dataset: DOMStringMap, name: string, value: string | null): void {
  if (value === null) Reflect.deleteProperty(dataset, name)
  else dataset[name] = value
}

function oneOf<T extends string>(known: readonly T[], value: string | null, otherwise: T): T {
  return known.find((one) => one === value) ?? otherwise
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
