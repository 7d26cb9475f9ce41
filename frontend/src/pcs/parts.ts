/** The parts of a safeguard plan that are changed each by itself: as a form holds them, and as they are sent. */
import type { PcsChange, PcsDetail } from '../api/pcs'
import type { Named } from '../api/types'

export const PARTS = ['facts', 'directors', 'cells', 'sheets', 'shelters', 'volunteers'] as const
export type Part = (typeof PARTS)[number]

/** Somebody of the directory and what is said of them here: a function, a role, skills. */
export interface PersonLine {
  person: Named
  text: string
}
export interface FactsDraft {
  name: string
  adopted_on: string
  order_number: string
  command_post: string
}
export interface CellDraft {
  name: string
  mission: string
  posts: PersonLine[]
}
export interface SheetDraft {
  title: string
  code: string
  text: string
}
export interface ShelterDraft {
  name: string
  address: string
  capacity: string
  contact: Named | null
  notes: string
}
export interface Drafts {
  facts: FactsDraft
  directors: PersonLine[]
  cells: CellDraft[]
  sheets: SheetDraft[]
  shelters: ShelterDraft[]
  volunteers: PersonLine[]
}

const named = ({ id, name }: Named): Named => ({ id, name })

export const draftOf: { [P in Part]: (plan: PcsDetail) => Drafts[P] } = {
  facts: (plan) => ({ name: plan.name, adopted_on: plan.adopted_on ?? '', order_number: plan.order_number, command_post: plan.command_post }),
  directors: (plan) => plan.directors.map((one) => ({ person: named(one.person), text: one.function })),
  cells: (plan) => plan.cells.map((cell) => ({ name: cell.name, mission: cell.mission, posts: cell.posts.map((post) => ({ person: named(post.person), text: post.role })) })),
  sheets: (plan) => plan.sheets.map(({ title, code, text }) => ({ title, code, text })),
  shelters: (plan) => plan.shelters.map((one) => ({ name: one.name, address: one.address, capacity: String(one.capacity), contact: one.contact === null ? null : named(one.contact), notes: one.notes })),
  volunteers: (plan) => plan.volunteers.map((one) => ({ person: named(one.person), text: one.skills })),
}

export const inputOf: { [P in Part]: (draft: Drafts[P]) => PcsChange } = {
  facts: (draft) => ({ name: draft.name.trim(), adopted_on: draft.adopted_on === '' ? null : draft.adopted_on, order_number: draft.order_number.trim(), command_post: draft.command_post.trim() }),
  directors: (draft) => ({ directors: draft.map((one) => ({ person: one.person.id, function: one.text.trim() })) }),
  cells: (draft) => ({ cells: draft.map((cell) => ({ name: cell.name.trim(), mission: cell.mission.trim(), posts: cell.posts.map((post) => ({ person: post.person.id, role: post.text.trim() })) })) }),
  sheets: (draft) => ({ sheets: draft.map((sheet) => ({ title: sheet.title.trim(), code: sheet.code, text: sheet.text.trim() })) }),
  shelters: (draft) => ({
    shelters: draft.map((one) => ({ name: one.name.trim(), address: one.address.trim(), capacity: capacityOf(one.capacity), contact: one.contact?.id ?? null, notes: one.notes.trim() })),
  }),
  volunteers: (draft) => ({ volunteers: draft.map((one) => ({ person: one.person.id, skills: one.text.trim() })) }),
}

/** What is no number is sent as one that the server refuses beside its field, never as a number that was not meant. */
const capacityOf = (text: string): number => (/^\d+$/.test(text.trim()) ? Number(text) : -1)

/** The fields whose sentences a part's form shows itself. */
export const FIELDS: Record<Part, readonly string[]> = {
  facts: ['name', 'adopted_on', 'order_number', 'command_post'],
  directors: ['directors'],
  cells: ['cells'],
  sheets: ['sheets'],
  shelters: ['shelters'],
  volunteers: ['volunteers'],
}
