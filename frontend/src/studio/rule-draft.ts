/** A rule as it is filled in, and the kinds' settings as their JSON schema describes them. */
import type { Camera, Hours, Rule, RuleInput, RuleKind, SettingSchema } from '../api/types'

export const FIELDS = [
  'name', 'camera', 'kind', 'settings', 'zone', 'line', 'schedule', 'severity', 'quiet_s', 'purpose', 'state', 'authorising_text', 'authorised_from',
  'authorised_until',
] as const satisfies readonly (keyof RuleInput)[]

export function emptyRule(camera: string, kind: RuleKind | undefined): RuleInput {
  return {
    name: '', camera, kind: kind?.key ?? '', settings: kind === undefined ? {} : defaultsOf(kind), zone: null, line: null, schedule: [], severity: 2,
    quiet_s: 120, purpose: '', state: 'silent', authorising_text: '', authorised_from: null, authorised_until: null,
  }
}

export function draftOf(rule: Rule): RuleInput {
  const draft = emptyRule(rule.camera, undefined)
  for (const name of FIELDS) Object.assign(draft, { [name]: structuredClone(rule[name]) })
  return draft
}

/** What a change of a rule sends: its camera stays what it is. */
export function changeOf(draft: RuleInput): Omit<RuleInput, 'camera'> {
  const rest: Omit<RuleInput, 'camera'> & { camera?: string } = { ...draft, authorised_from: draft.authorised_from || null, authorised_until: draft.authorised_until || null }
  delete rest.camera
  return rest
}

export type Control =
  | { type: 'labels' }
  | { type: 'switch' }
  | { type: 'choice'; values: string[] }
  | { type: 'number'; min: number | undefined; max: number | undefined; step: number }
  | { type: 'text' }

/** Which control a setting is filled in with. */
export function controlOf(setting: SettingSchema, kind: Pick<RuleKind, 'settings'>): Control {
  if (setting['x-widget'] === 'labels') return { type: 'labels' }
  const resolved = resolve(setting, kind)
  if (resolved.enum !== undefined) return { type: 'choice', values: resolved.enum }
  if (resolved.type === 'boolean') return { type: 'switch' }
  if (resolved.type === 'integer') return { type: 'number', min: resolved.minimum, max: resolved.maximum, step: 1 }
  if (resolved.type === 'number') return { type: 'number', min: resolved.minimum, max: resolved.maximum, step: (resolved.maximum ?? 100) <= 1 ? 0.05 : 1 }
  return { type: 'text' }
}

/** The settings of a kind before anyone changed them. */
export function defaultsOf(kind: RuleKind): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(kind.settings.properties)) {
    if (setting.default !== undefined) found[name] = setting.default
    else if (setting['x-widget'] === 'labels') found[name] = ['person']
  }
  return found
}

/** Settings for another kind: what both know is kept. */
export function carryOver(settings: Readonly<Record<string, unknown>>, kind: RuleKind): Record<string, unknown> {
  const known = Object.entries(settings).filter(([name]) => name in kind.settings.properties)
  return { ...defaultsOf(kind), ...Object.fromEntries(known) }
}

/** Whether the law asks for a text that authorises a rule of this camera. */
export function needsText(camera: Pick<Camera, 'place'> | undefined): boolean {
  return camera?.place === 'open_to_public' || camera?.place === 'public_road'
}

export function nightHours(): Hours {
  return { days: [0, 1, 2, 3, 4, 5, 6], start: '20:00', end: '06:00' }
}

function resolve(setting: SettingSchema, kind: Pick<RuleKind, 'settings'>): SettingSchema {
  const reference = setting.$ref ?? setting.allOf?.[0]?.$ref
  if (reference === undefined) return setting
  return { ...kind.settings.$defs?.[reference.replace('#/$defs/', '')], ...setting }
}
