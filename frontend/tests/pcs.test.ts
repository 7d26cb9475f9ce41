import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { PcsDetail, Vulnerable } from '../src/api/pcs'
import { speak, speakOfRooms } from '../src/lib/language.svelte'
import { readIn } from '../src/lib/zone'
import { draftOf, inputOf } from '../src/pcs/parts'
import { PartEdit, PcsState } from '../src/pcs/pcs.svelte'
import { found } from '../src/pcs/vulnerable'
import { exerciseState } from '../src/pcs/words'

const plan = (more: Partial<PcsDetail> = {}): PcsDetail => ({
  id: 'p', site: { id: 's', name: 'Saint-Martin' }, name: 'PCS', adopted_on: null, exercise_due: null, exercise_over: false, version: 1, order_number: '', command_post: 'Town hall',
  directors: [{ person: { id: 'm', name: 'Mayor' }, function: 'Mayor' }], cells: [{ name: 'Field', mission: 'Looks', posts: [] }], sheets: [{ title: 'Flood', code: 'flood', text: '1. Read the level' }],
  shelters: [], places: 0, volunteers: [], exercises: [], may_see_vulnerable: true, may_change_vulnerable: true, ...more,
})

beforeAll(async () => {
  readIn('Europe/Paris')
  await speak('en')
  await speakOfRooms()
})
afterEach(() => vi.unstubAllGlobals())

describe('the parts of a plan', () => {
  it('are sent as they were read, with the ids of people', () => {
    expect(inputOf.directors(draftOf.directors(plan()))).toEqual({ directors: [{ person: 'm', function: 'Mayor' }] })
    expect(inputOf.sheets(draftOf.sheets(plan()))).toEqual({ sheets: [{ title: 'Flood', code: 'flood', text: '1. Read the level' }] })
    expect(inputOf.facts({ ...draftOf.facts(plan()), name: ' New ' })).toEqual({ name: 'New', adopted_on: null, order_number: '', command_post: 'Town hall' })
  })
  it('a number of places that is none is refused, not read as another', () => {
    const of = (capacity: string): unknown => inputOf.shelters([{ name: 'Hall', address: '', capacity, contact: null, notes: '' }]).shelters?.[0]?.capacity
    expect([of('120'), of('about 100'), of(''), of('-3')]).toEqual([120, -1, -1, -1])
  })
})

describe('two people changing one plan', () => {
  it('a change of another part is no reason to begin anew', () => {
    const edit = new PartEdit('sheets')
    edit.begin(plan())
    edit.draft?.push({ title: 'Heat', code: '', text: '1. Open the rooms' })
    edit.follow(plan({ version: 2, name: 'Renamed' }))
    expect([edit.overtaken, edit.draft?.length]).toEqual([false, 2])
  })
  it('a change of this part is said, and what was entered stays until it is given up', () => {
    const edit = new PartEdit('sheets')
    edit.begin(plan())
    edit.draft?.push({ title: 'Heat', code: '', text: '1. Open the rooms' })
    edit.follow(plan({ version: 2, sheets: [] }))
    expect([edit.overtaken, edit.draft?.length]).toEqual([true, 2])
  })
  it('where nothing was entered the colleague’s is simply shown', () => {
    const edit = new PartEdit('sheets')
    edit.begin(plan())
    edit.follow(plan({ version: 2, sheets: [] }))
    expect([edit.overtaken, edit.draft]).toEqual([false, []])
  })
  it('an answer that was overtaken on its way does not undo a later one', () => {
    const state = new PcsState()
    state.take(plan({ version: 3, name: 'Third' }))
    state.take(plan({ version: 2, name: 'Second' }))
    expect(state.plan?.name).toBe('Third')
  })
  it('refused because of another part, it is sent once more on the newer version', async () => {
    vi.stubGlobal('document', { cookie: '' })
    const sent: unknown[] = []
    const answers = [
      new Response(JSON.stringify({ code: 'changed_meanwhile', message: 'A colleague was first.', fields: {} }), { status: 409 }),
      new Response(JSON.stringify(plan({ version: 2, name: 'Renamed' }))),
      new Response(JSON.stringify(plan({ version: 3, name: 'Renamed', sheets: [] }))),
    ]
    vi.stubGlobal('fetch', (_: string, options: { body?: string }) => {
      if (options.body !== undefined) sent.push(JSON.parse(options.body))
      return Promise.resolve(answers.shift())
    })
    const edit = new PartEdit('sheets')
    edit.begin(plan())
    edit.draft = []
    expect((await edit.save('p'))?.version).toBe(3)
    expect(sent).toEqual([{ sheets: [], version: 1 }, { sheets: [], version: 2 }])
    expect(edit.draft).toBeNull()
  })
})

/** Answers in their order; what was sent, and what happens while the first answer is on its way. */
function answering(answers: { status?: number; body: unknown }[], meanwhile: () => void = () => undefined): unknown[] {
  vi.stubGlobal('document', { cookie: '' })
  const sent: unknown[] = []
  vi.stubGlobal('fetch', (_: string, options: { body?: string }) => {
    if (options.body !== undefined) sent.push(JSON.parse(options.body))
    if (sent.length === 1 && answers.length > 1) meanwhile()
    const { status = 200, body } = answers.shift() ?? { status: 500, body: null }
    return Promise.resolve(new Response(JSON.stringify(body), { status }))
  })
  return sent
}
const FIRST = { status: 409, body: { code: 'changed_meanwhile', message: 'A colleague was first.', fields: {} } }

describe('a refusal while the feed tells why', () => {
  it('is sent once more, though the feed had brought the newer version already', async () => {
    const edit = new PartEdit('sheets')
    edit.begin(plan())
    edit.draft = []
    const sent = answering([FIRST, { body: plan({ version: 2 }) }, { body: plan({ version: 3, sheets: [] }) }], () => edit.follow(plan({ version: 2 })))
    expect((await edit.save('p'))?.version).toBe(3)
    expect(sent).toEqual([{ sheets: [], version: 1 }, { sheets: [], version: 2 }])
  })
  it('saved without a change, it does not write over what a colleague entered', async () => {
    const edit = new PartEdit('sheets')
    edit.begin(plan())
    const sent = answering([FIRST, { body: plan({ version: 2, sheets: [] }) }])
    expect(await edit.save('p')).toBeNull()
    expect(sent).toHaveLength(1)
    expect(edit.draft).toEqual([])
  })
})

describe('the five-yearly exercise', () => {
  const now = new Date('2026-11-30T10:00:00Z')
  it('is over, near, far, or not due before the plan is adopted', () => {
    expect(exerciseState({ exercise_due: '2026-11-01', exercise_over: true }, now)).toEqual({ shape: 'high', words: 'The five-yearly exercise was due by 1 November 2026' })
    expect(exerciseState({ exercise_due: '2027-03-01', exercise_over: false }, now).shape).toBe('medium')
    expect(exerciseState({ exercise_due: '2030-03-01', exercise_over: false }, now).shape).toBe('safe')
    expect(exerciseState({ exercise_due: null, exercise_over: false }, now).shape).toBe('unknown')
  })
})

describe('who is looked after first', () => {
  const person = (name: string, needs = ''): Vulnerable => ({ id: name, readable: true, name, address: '3 rue du Moulin', phone: '', needs, contact: '', notes: '', version: 1 })
  const people = [person('Zoé Lefèvre', 'Oxygen'), person('Abel Martin')]
  it('is found whatever the accents, by every word', () => {
    expect(found(people, 'zoe oxy', 'fr').map((one) => one.name)).toEqual(['Zoé Lefèvre'])
    expect(found(people, 'MOULIN', 'fr')).toHaveLength(2)
    expect(found(people, 'moulin nobody', 'fr')).toEqual([])
    expect(found(people, '  ', 'fr')).toHaveLength(2)
  })
})
