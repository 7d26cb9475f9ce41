/** A rotation as the form holds it, and as it is sent. */
import type { Rotation, RotationInput, TurnKind } from '../api/onCall'
import type { Hours, Named } from '../api/types'

export const TURN_KINDS: readonly TurnKind[] = ['hourly', 'daily', 'weekly', 'monthly']
export const LOWEST_LEVEL = 9

export interface RotationDraft {
  name: string
  kind: TurnKind
  length: string
  level: number
  starts_on: string
  handover: string
  ends_on: string
  hours: Hours[]
  people: Named[]
}

export function draftOf(rotation: Rotation | null, today: string): RotationDraft {
  return {
    name: rotation?.name ?? '',
    kind: rotation?.kind ?? 'weekly',
    length: String(rotation?.length ?? 1),
    level: rotation?.level ?? 1,
    starts_on: rotation?.starts_on ?? today,
    handover: rotation?.handover ?? '08:00',
    ends_on: rotation?.ends_on ?? '',
    hours: (rotation?.hours ?? []).map((one) => ({ ...one, days: [...one.days] })),
    people: (rotation?.participants ?? []).map((one) => ({ id: one.id, name: one.name })),
  }
}

/** What is sent. A length that is no number is sent as none, and the server says what is wrong with it. */
export function inputOf(draft: RotationDraft): RotationInput {
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    length: /^\d+$/.test(draft.length.trim()) ? Number(draft.length) : 0,
    level: draft.level,
    starts_on: draft.starts_on,
    handover: draft.handover,
    ends_on: draft.ends_on === '' ? null : draft.ends_on,
    hours: draft.hours,
    participants: draft.people.map((one) => one.id),
  }
}

/** Only what differs: a field that was not touched does not undo what a colleague entered. */
export function changeOf(before: RotationDraft, after: RotationDraft): Partial<RotationInput> {
  const [old, next] = [inputOf(before), inputOf(after)]
  return Object.fromEntries(Object.entries(next).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(old[field as keyof RotationInput])))
}

/** The list with one of it a place further up or down. */
export function moved<T>(list: readonly T[], from: number, by: -1 | 1): T[] {
  const to = from + by
  if (to < 0 || to >= list.length) return [...list]
  const next = [...list]
  const [one] = next.splice(from, 1)
  if (one !== undefined) next.splice(to, 0, one)
  return next
}
