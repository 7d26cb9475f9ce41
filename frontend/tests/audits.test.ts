import { describe, expect, it } from 'vitest'
import type { Audit, AuditedRisk, Cell, Contradiction, Protection } from '../src/api/audits'
import { concern } from '../src/audits/concerns'
import { asks, beside, byScore, rowsOf, unjudged } from '../src/audits/matrix'
import { cellOf, draftOf, EMPTY_RISK, inputOf, isNamed, isSame, judged, NEW_MEASURE } from '../src/audits/risk-draft'
import { auditShape } from '../src/audits/words'
import type { FeedKind } from '../src/feed/protocol'

const SCALE = [1, 2, 3, 4, 5]
const CELLS: Cell[] = [...SCALE].reverse().flatMap((likelihood) => SCALE.map((severity): Cell => ({ likelihood, severity, score: likelihood * severity, treatment: 'watch', level: 'medium' })))

function risk(number: number, likelihood: number | null, severity: number | null, more: Partial<AuditedRisk> = {}): AuditedRisk {
  return {
    id: `id-${number}`, number, reference: `R${number}`, code: 'fire', own_name: '', name: 'Fire', likelihood, severity, score: likelihood && severity ? likelihood * severity : null, treatment: null, level: null, before: null, exposed: '', missing: '', notes: '', responsible: null, due_on: null,
    measures: [], protections: [], incidents_in_a_month: 0, incidents_in_a_year: 0, contradictions: [], rules: [], plans: [], hole: '', version: 1, ...more,
  }
}
const protection = (more: Partial<Protection>): Protection => ({ id: 'p', key: 'k', kind: 'camera', of: 'cam', name: 'Forecourt', state: 'works', since: null, sentence: '', last_tested: null, ...more })
const contradiction = (more: Partial<Contradiction> = {}): Contradiction => ({ kind: 'incidents', key: null, sentence: '', likelihood: 5, score: 15, treatment: 'act', count: 6, since: null, kept: null, ...more })
const matrix = (...risks: AuditedRisk[]): Pick<Audit, 'cells' | 'risks' | 'ghosts'> => ({ cells: CELLS, risks, ghosts: [] })
// Only what the functions under test read.
const audit = (...risks: AuditedRisk[]): Audit => ({ ...matrix(...risks), id: 'a', site: { id: 's', name: 'Site' } }) as unknown as Audit
const event = (kind: FeedKind, payload: Record<string, unknown>): Parameters<typeof concern>[0] => ({ number: 1, kind, at: '', payload })

describe('the matrix', () => {
  it('has the most likely row on top, each from slight to fatal, whatever order the cells come in', () => {
    const rows = rowsOf({ ...matrix(), cells: [...CELLS].reverse() })
    expect(rows.map((row) => row[0]?.cell.likelihood)).toEqual([5, 4, 3, 2, 1])
    expect(rowsOf(matrix())[0]?.map((place) => place.cell.score)).toEqual([5, 10, 15, 20, 25])
  })

  it('puts each risk in its cell, those not judged beside it, and a ghost where facts would put one', () => {
    const ghost = { reference: 'R1', risk: 'id-1', likelihood: 5, severity: 3, score: 15, incidents: 6, kept: false }
    const rows = rowsOf({ ...matrix(risk(1, 4, 3), risk(2, null, 3)), ghosts: [ghost, { ...ghost, reference: 'R9', kept: true }] })
    expect(rows[1]?.[2]?.risks.map((one) => one.reference)).toEqual(['R1'])
    expect(rows[0]?.[2]?.ghosts.map((one) => one.reference)).toEqual(['R1'])
    expect(rows.flat().flatMap((place) => place.risks)).toHaveLength(1)
    expect(unjudged([risk(1, 4, 3), risk(2, null, 3), risk(3, 1, null)]).map((one) => one.number)).toEqual([2, 3])
  })

  it('asks as long as a contradiction was not looked at', () => {
    const kept = { member: { id: 'm', name: 'M' }, at: '', why: '' }
    expect([asks(risk(1, 1, 1)), asks(risk(1, 1, 1, { contradictions: [contradiction()] })), asks(risk(1, 1, 1, { contradictions: [contradiction({ kept })] }))]).toEqual([false, true, false])
  })

  it('lists the highest first, and what is to be judged before all', () => {
    expect(byScore([risk(1, 2, 2), risk(2, 5, 5), risk(3, null, 1), risk(4, 5, 5)]).map((one) => one.number)).toEqual([3, 2, 4, 1])
  })
})

describe('arrow keys', () => {
  const risks = [risk(1, 4, 3), risk(2, 4, 3), risk(3, 5, 3), risk(4, 1, 5), risk(5, 4, 1), risk(6, null, null)]
  const from = (number: number, key: string): string | null => beside(risks, risks[number - 1] ?? risk(9, 1, 1), key)

  it('go down through the risks of a cell, then to the nearest in their direction', () => {
    expect(from(1, 'ArrowDown')).toBe('R2')
    expect(from(2, 'ArrowDown')).toBe('R4')
    expect(from(2, 'ArrowUp')).toBe('R1')
    expect(from(1, 'ArrowUp')).toBe('R3')
    expect(from(1, 'ArrowLeft')).toBe('R5')
    expect(from(5, 'ArrowRight')).toBe('R1')
  })

  it('lead nowhere beyond the edge, from a risk that stands in no cell, and by other keys', () => {
    expect([from(3, 'ArrowUp'), from(5, 'ArrowLeft'), from(6, 'ArrowUp'), from(1, 'Enter')]).toEqual([null, null, null, null])
  })
})

describe('a risk’s form', () => {
  const full = risk(1, 4, 3, {
    responsible: { kind: 'person', id: 'p1', name: 'Guard A' },
    protections: [protection({}), protection({ key: 'k2', kind: 'other', of: null, name: 'Fence', last_tested: '2026-11-03' })],
    measures: [{ id: 'm', key: 'mk', what: 'Second camera', responsible: { kind: 'member', id: 'm1', name: 'Alix' }, due_on: null, state: 'ordered', state_name: '', note: '', done_at: null, days_late: 0 }],
  })

  it('sends back what it was given, each part under its key', () => {
    expect(inputOf(draftOf(full))).toEqual({
      code: 'fire', own_name: '', likelihood: 4, severity: 3, exposed: '', missing: '', notes: '', responsible_member: null, responsible_person: 'p1', due_on: null,
      protections: [{ key: 'k', kind: 'camera', of: 'cam', last_tested: null }, { key: 'k2', kind: 'other', of: null, name: 'Fence', last_tested: '2026-11-03' }],
      measures: [{ key: 'mk', what: 'Second camera', responsible_member: 'm1', responsible_person: null, due_on: null, state: 'ordered' }],
    })
  })

  it('leaves out rows that say nothing, and an own name beside one of the catalogue', () => {
    const sent = inputOf({ ...EMPTY_RISK, code: 'fire', own_name: ' Drones ', measures: [NEW_MEASURE], protections: [{ key: '', kind: 'other', of: '', name: '  ', last_tested: '' }] })
    expect([sent.own_name, sent.measures, sent.protections]).toEqual(['', [], []])
    expect(inputOf({ ...EMPTY_RISK, own_name: ' Drones ' })).toMatchObject({ code: '', own_name: 'Drones' })
  })

  it('knows what was changed, what is named already, and where it stands', () => {
    const draft = draftOf(full)
    expect([isSame(draft, draftOf(full)), isSame(draft, { ...draft, likelihood: 5 })]).toEqual([true, false])
    expect([isNamed(draft.protections, 'camera', 'cam'), isNamed(draft.protections, 'device', 'cam')]).toEqual([true, false])
    expect([cellOf(CELLS, 4, 3)?.score, cellOf(CELLS, null, 3)]).toEqual([12, undefined])
    expect([judged(5), judged(0), judged(null)]).toEqual([5, null, null])
  })
})

describe('what changes an audit’s page', () => {
  const shown = audit(risk(1, 4, 3, { protections: [protection({})], rules: [{ id: 'rule', name: 'Rule' }] }))

  it('is the audit at once, and another of the same site, which may supersede it', () => {
    expect(concern(event('audit.changed', { audit: 'a', site: 's' }), shown)).toBe('now')
    expect(concern(event('audit.changed', { audit: 'b', site: 's' }), shown)).toBe('now')
    expect(concern(event('audit.changed', { audit: 'b', site: 'other' }), shown)).toBeNull()
  })

  it('is a camera that it names when that stops or begins to protect, not each of its reports', () => {
    expect(concern(event('camera.state', { camera: 'cam', state: 'live' }), shown)).toBeNull()
    expect(concern(event('camera.state', { camera: 'cam', state: 'down' }), shown)).toBe('soon')
    expect(concern(event('camera.state', { camera: 'other', state: 'down' }), shown)).toBeNull()
  })

  it('is an alert only where rules are counted, a device or a team only where one is named', () => {
    expect(concern(event('alert.raised', {}), shown)).toBe('soon')
    expect(concern(event('alert.raised', {}), audit(risk(1, 4, 3)))).toBeNull()
    expect([concern(event('device.changed', {}), shown), concern(event('on_call.changed', {}), shown)]).toEqual([null, null])
    expect(concern(event('device.changed', {}), audit(risk(1, 1, 1, { protections: [protection({ kind: 'device' })] })))).toBe('soon')
  })
})

describe('where an audit stands', () => {
  it('has a shape of its own: in force, soon over, over, waiting, none', () => {
    const state = (state: Audit['state'], days_left: number | null, expired = false): string => auditShape({ state, days_left, expired })
    expect([state('approved', 200), state('approved', 30), state('approved', -1, true), state('in_review', null), state('draft', null)]).toEqual(['safe', 'medium', 'critical', 'low', 'unknown'])
  })
})
