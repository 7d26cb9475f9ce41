/** The steps from an empty installation to the first alert, each done or not by what there is. Pure. */

export const STEPS = ['site', 'camera', 'zone', 'rule', 'colleague'] as const
export type Step = (typeof STEPS)[number]

/** What there is, as much of it as decides. */
export interface Has {
  sites: readonly unknown[]
  cameras: readonly { id: string; zones: readonly unknown[]; lines: readonly unknown[] }[]
  rules: readonly unknown[]
  members: readonly unknown[]
  invitations: readonly { accepted_at?: string | null; revoked_at?: string | null }[]
}

export function done(step: Step, has: Has): boolean {
  if (step === 'site') return has.sites.length > 0
  if (step === 'camera') return has.cameras.length > 0
  if (step === 'zone') return has.cameras.some((camera) => camera.zones.length > 0 || camera.lines.length > 0)
  if (step === 'rule') return has.rules.length > 0
  return has.members.length > 1 || has.invitations.some((one) => !one.accepted_at && !one.revoked_at)
}

/** The first step that is not done: the one to do next. */
export function next(has: Has): Step | null {
  return STEPS.find((step) => !done(step, has)) ?? null
}

/** What must be there before a step can be done; `null` when nothing is missing. */
export function missing(step: Step, has: Has): Step | null {
  if (step === 'camera' && !done('site', has)) return 'site'
  if ((step === 'zone' || step === 'rule') && !done('camera', has)) return done('site', has) ? 'camera' : 'site'
  return null
}

/** The screen where a step is done. */
export function screenOf(step: Step, has: Has): string {
  if (step === 'site') return '/studio/sites/new'
  if (step === 'camera') return '/studio/cameras/new'
  if (step === 'rule') return '/studio/rules/new'
  if (step === 'colleague') return '/studio/people?invite=yes'
  const bare = has.cameras.find((camera) => camera.zones.length === 0) ?? has.cameras[0]
  return bare === undefined ? '/studio/cameras' : `/studio/cameras/${bare.id}`
}
