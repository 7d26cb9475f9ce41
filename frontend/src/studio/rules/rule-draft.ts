/** A rule as it is filled in, what of it was changed, and how one's own changes and a colleague's go together. */
import type { Camera, Hours, Rule, RuleInput, RuleKind, SettingSchema } from '../../api/types'

/** What is edited. Whether the rule is on is not: that is done at once, apart from the draft. */
export const FIELDS = [
  'name', 'kind', 'settings', 'zone', 'line', 'schedule', 'severity', 'quiet_s', 'purpose', 'authorising_text', 'authorised_from', 'authorised_until',
] as const satisfies readonly (keyof RuleInput)[]
export type FieldName = (typeof FIELDS)[number]
export type RuleDraft = Pick<RuleInput, FieldName | 'camera'>

export function emptyRule(camera: string, kind: RuleKind | undefined): RuleDraft {
  return {
    name: '', camera, kind: kind?.key ?? '', settings: kind === undefined ? {} : defaultsOf(kind), zone: null, line: null, schedule: [], severity: 2,
    quiet_s: 120, purpose: '', authorising_text: '', authorised_from: null, authorised_until: null,
  }
}

export function draftOf(rule: Rule): RuleDraft {
  const draft = emptyRule(rule.camera, undefined)
  for (const name of FIELDS) Object.assign(draft, { [name]: structuredClone(rule[name]) })
  return draft
}

/** What is sent of a draft: dates that were emptied are none. */
export function inputOf(draft: RuleDraft): Omit<RuleDraft, 'camera'> {
  const input: Omit<RuleDraft, 'camera'> & { camera?: string } = { ...draft, authorised_from: draft.authorised_from || null, authorised_until: draft.authorised_until || null }
  delete input.camera
  return input
}

const same = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other)

/** JSON with sorted keys: two settings that say the same are the same. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part) ?? ''
}

/** The fields in which two drafts differ. */
export function changed(base: RuleDraft, draft: RuleDraft): FieldName[] {
  return FIELDS.filter((name) => !same(base[name] ?? null, draft[name] ?? null))
}

/** One's own changes since `base` put on what a colleague made of it meanwhile. `both` are the fields that each changed otherwise. */
export function merged(base: RuleDraft, mine: RuleDraft, theirs: RuleDraft): { draft: RuleDraft; both: FieldName[] } {
  const own = changed(base, mine)
  const foreign = changed(base, theirs)
  const draft: RuleDraft = structuredClone(theirs)
  for (const name of own) Object.assign(draft, { [name]: structuredClone(mine[name]) })
  // Settings belong to their kind: of the same kind they are put together one by one.
  if (own.includes('settings') && foreign.includes('settings') && !own.includes('kind') && !foreign.includes('kind')) {
    draft.settings = { ...theirs.settings }
    for (const [name, value] of Object.entries(mine.settings)) if (!same(value, base.settings[name])) draft.settings[name] = value
  } else if (own.includes('settings') !== own.includes('kind') && (foreign.includes('kind') || own.includes('kind'))) {
    draft.kind = mine.kind
    draft.settings = structuredClone(mine.settings)
  }
  return { draft, both: own.filter((name) => foreign.includes(name) && !same(mine[name], theirs[name])) }
}

export type Control =
  | { type: 'labels' }
  | { type: 'switch' }
  | { type: 'choice'; values: string[] }
  | { type: 'number'; min: number | undefined; max: number | undefined; step: number }
  | { type: 'duration'; min: number; max: number }
  | { type: 'text' }

/** Which control a setting is filled in with. */
export function controlOf(setting: SettingSchema, kind: Pick<RuleKind, 'settings'>): Control {
  if (setting['x-widget'] === 'labels') return { type: 'labels' }
  const resolved = resolve(setting, kind)
  if (setting['x-widget'] === 'duration') return { type: 'duration', min: resolved.minimum ?? 0, max: resolved.maximum ?? 86_400 }
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

/** Another kind on the same draft, with the place that it looks at. */
export function withKind(draft: RuleDraft, kind: RuleKind): RuleDraft {
  const place = kind.needs === 'line' ? { zone: null } : { line: null }
  return { ...draft, ...place, kind: kind.key, settings: carryOver(draft.settings, kind) }
}

/** Whether the law asks for a text that authorises a rule of this camera. */
export function needsText(camera: Pick<Camera, 'place'> | undefined): boolean {
  return camera?.place === 'open_to_public' || camera?.place === 'public_road'
}

export const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]

export function nightHours(): Hours {
  return { days: [...EVERY_DAY], start: '22:00', end: '06:00' }
}

/** Starting points that most sites need: what to look for, when and how bad. The name and purpose are the page's words. */
export const EXAMPLES = {
  night: { kind: 'seen', settings: { labels: ['person'] }, schedule: [nightHours()], severity: 3, quiet_s: 300 },
  lingering: { kind: 'stays', settings: { labels: ['person'], seconds: 60 }, schedule: [], severity: 2, quiet_s: 300 },
  crowd: { kind: 'more_than', settings: { labels: ['person'], limit: 10, seconds: 10 }, schedule: [], severity: 2, quiet_s: 600 },
  vehicle: { kind: 'stays', settings: { labels: ['car', 'truck', 'motorcycle'], seconds: 300 }, schedule: [], severity: 2, quiet_s: 900 },
} as const
export type ExampleName = keyof typeof EXAMPLES
export const EXAMPLE_NAMES = Object.keys(EXAMPLES) as ExampleName[]

/** A draft that begins as an example, if its kind is there. */
export function fromExample(name: ExampleName, camera: string, kinds: readonly RuleKind[]): RuleDraft | null {
  const example = EXAMPLES[name]
  const kind = kinds.find((one) => one.key === example.kind)
  if (kind === undefined) return null
  const { schedule, severity, quiet_s } = example
  return { ...emptyRule(camera, kind), settings: { ...defaultsOf(kind), ...structuredClone(example.settings), labels: [...example.settings.labels] }, schedule: schedule.map((hours) => ({ ...hours, days: [...hours.days] })), severity, quiet_s }
}

function resolve(setting: SettingSchema, kind: Pick<RuleKind, 'settings'>): SettingSchema {
  const reference = setting.$ref ?? setting.allOf?.[0]?.$ref
  if (reference === undefined) return setting
  return { ...kind.settings.$defs?.[reference.replace('#/$defs/', '')], ...setting }
}
