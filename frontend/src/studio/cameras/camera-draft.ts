/** A camera as it is filled in: the form's own shape, and how it becomes what the API takes. */
import type { Camera, CameraInput } from '../../api/types'

export type CameraDraft = CameraInput & { user_name: string; password: string }

export const FIELDS = [
  'name', 'site', 'enabled', 'source', 'address', 'user_name', 'password', 'frames_per_second', 'analysis_size', 'retention_days', 'clip_before_s',
  'clip_after_s', 'place', 'purpose', 'legal_basis', 'authorisation', 'authorised_until', 'notice_displayed',
] as const satisfies readonly (keyof CameraDraft)[]

export function emptyCamera(site: string): CameraDraft {
  return {
    name: '', site, enabled: false, source: 'rtsp', address: '', user_name: '', password: '', frames_per_second: 5, analysis_size: 640, retention_days: 30,
    clip_before_s: 5, clip_after_s: 5, place: '', purpose: '', legal_basis: '', authorisation: '', authorised_until: null, notice_displayed: false,
  }
}

export function draftOf(camera: Camera): CameraDraft {
  const draft = emptyCamera(camera.site)
  for (const name of FIELDS) {
    if (name !== 'user_name' && name !== 'password') Object.assign(draft, { [name]: camera[name] })
  }
  return draft
}

/** What is sent: credentials only when they were entered, because empty means "keep what there is". */
export function inputOf(draft: CameraDraft): CameraInput {
  const { user_name, password, authorised_until, ...rest } = draft
  const input: CameraInput = { ...rest, authorised_until: authorised_until || null }
  if (user_name !== '') input.user_name = user_name
  if (password !== '') input.password = password
  return input
}

/** What may lie in this browser until it is saved: the fields that were changed, so that nothing else undoes a colleague's change; never the password. */
export function keepable(draft: CameraDraft, changed: readonly string[]): Partial<CameraDraft> {
  return Object.fromEntries(Object.entries(draft).filter(([name]) => name !== 'password' && changed.includes(name)))
}

/** Fields in which what is entered differs from what is saved; of a new camera, those that were filled in. */
export function changesIn(draft: CameraDraft, saved: Camera | null): readonly string[] {
  const base = saved === null ? emptyCamera(draft.site) : draftOf(saved)
  return FIELDS.filter((name) => (draft[name] ?? '') !== (base[name] ?? ''))
}
