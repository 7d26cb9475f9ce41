import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Camera, Hours, Label, Rule, RuleKind } from '../src/api/types'
import { speak, speakOfRooms } from '../src/lib/language.svelte'
import { daysUntil, marksOf, overWhat, sinceWhen, unknownPart } from '../src/studio/rules/moments'
import { carryOver, changed, controlOf, defaultsOf, emptyRule, EXAMPLE_NAMES, fromExample, merged, needsText, withKind } from '../src/studio/rules/rule-draft'
import { attentionOf, grouped } from '../src/studio/rules/rule-list'
import { partsOf, textOf, unsaid } from '../src/studio/rules/sentence'

interface Case { kind: string; settings: Record<string, unknown>; area: string | null; schedule: Hours[]; severity: number; quiet_s: number; parts: [string, string | null][] }
interface Spoken { kinds: RuleKind[]; labels: Label[]; cases: Case[] }
type Written = Record<'en' | 'fr', Spoken>
const written = JSON.parse(readFileSync(new URL('./sentences.json', import.meta.url), 'utf8')) as Written
const { kinds, labels } = written.en
const kindOf = (key: string): RuleKind => {
  const found = kinds.find((kind) => kind.key === key)
  if (found === undefined) throw new Error(key)
  return found
}

describe('a rule as a sentence', () => {
  it.each(['en', 'fr'] as const)('reads as the back end says it, in %s', async (language) => {
    await speak(language)
    await speakOfRooms()
    const own = written[language]
    for (const one of own.cases) {
      const kind = own.kinds.find((known) => known.key === one.kind) ?? kindOf(one.kind)
      const parts = partsOf({ kind, settings: one.settings, area: one.area, schedule: one.schedule, severity: one.severity, quiet_s: one.quiet_s }, own.labels)
      expect(parts.map((part) => [part.text, part.slot])).toEqual(one.parts)
    }
  })

  it('names what is not chosen yet', async () => {
    await speak('en')
    await speakOfRooms()
    const text = (key: string, settings: Record<string, unknown>): string => textOf(partsOf({ kind: kindOf(key), settings, area: null, schedule: [], severity: 2, quiet_s: 60 }, labels))
    expect(text('crosses', { labels: ['person'], direction: 'both' })).toContain('crosses a line to choose in either direction')
    expect(text('seen', { labels: [] })).toContain('When something to choose is seen')
  })

  it('leaves only the certainty out', () => expect(kinds.map((kind) => unsaid(kind))).toEqual(kinds.map(() => ['confidence'])))
})

describe('the settings of a kind of rule', () => {
  const control = (key: string, name: string): unknown => controlOf(kindOf(key).settings.properties[name] ?? {}, kindOf(key))

  it('come with the control their schema asks for', () => {
    expect(control('crosses', 'labels')).toEqual({ type: 'labels' })
    expect(control('seen', 'confidence')).toEqual({ type: 'number', min: 0.1, max: 1, step: 0.05 })
    expect(control('more_than', 'limit')).toMatchObject({ type: 'number', step: 1 })
    expect(control('stays', 'seconds')).toEqual({ type: 'duration', min: 1, max: 86_400 })
    expect(control('crosses', 'direction')).toEqual({ type: 'choice', values: ['forward', 'backward', 'both'] })
    expect(control('none_left', 'seen_before')).toEqual({ type: 'switch' })
  })

  it('begin with their defaults, and carry over what another kind knows too', () => {
    expect(defaultsOf(kindOf('more_than'))).toEqual({ labels: ['person'], confidence: 0.4, limit: 10, seconds: 2 })
    expect(carryOver({ labels: ['car'], seconds: 30 }, kindOf('crosses'))).toEqual({ labels: ['car'], confidence: 0.4, direction: 'both' })
    const draft = { ...emptyRule('camera', kindOf('seen')), zone: 'zone' }
    expect(withKind(draft, kindOf('crosses'))).toMatchObject({ kind: 'crosses', zone: null })
    expect(withKind(draft, kindOf('stays'))).toMatchObject({ kind: 'stays', zone: 'zone', settings: { seconds: 60 } })
  })

  it('are those of every example', () => {
    for (const name of EXAMPLE_NAMES) {
      const draft = fromExample(name, 'camera', kinds)
      expect(Object.keys(draft?.settings ?? {}).sort()).toEqual(Object.keys(kindOf(draft?.kind ?? '').settings.properties).sort())
    }
  })
})

describe('unsaved changes', () => {
  const base = { ...emptyRule('camera', kindOf('stays')), name: 'Yard', zone: 'yard' }

  it('are the fields that differ, however they are written', () => {
    expect(changed(base, { ...base, settings: Object.fromEntries(Object.entries(base.settings).reverse()) })).toEqual([])
    expect(changed(base, { ...base, name: 'Lawn', settings: { ...base.settings, seconds: 5 } })).toEqual(['name', 'settings'])
  })

  it('go together with what a colleague saved meanwhile', () => {
    const mine = { ...base, severity: 4, settings: { ...base.settings, seconds: 5 } }
    const theirs = { ...base, name: 'Lawn', severity: 3, settings: { ...base.settings, labels: ['dog'] } }
    const together = merged(base, mine, theirs)
    expect(together.draft).toMatchObject({ name: 'Lawn', severity: 4, settings: { labels: ['dog'], seconds: 5 } })
    expect(together.both).toEqual(['settings', 'severity'])
  })

  it('keep their settings with their kind', () => {
    const theirs = { ...base, kind: 'seen', settings: { labels: ['person'], confidence: 0.4 } }
    const mine = { ...base, settings: { ...base.settings, seconds: 5 } }
    expect(merged(base, mine, theirs).draft).toMatchObject({ kind: 'stays', settings: { seconds: 5 } })
    expect(merged(base, { ...base, name: 'Lawn' }, theirs).draft).toMatchObject({ kind: 'seen', name: 'Lawn', settings: theirs.settings })
    const another = withKind(base, kindOf('more_than'))
    expect(merged(base, another, { ...base, settings: { ...base.settings, seconds: 9 } }).draft).toMatchObject({ kind: 'more_than', settings: { limit: 10 } })
  })

  it('ask for a text where the law does', () => expect((['private', 'workplace', 'open_to_public', 'public_road'] as const).map((place) => needsText({ place }))).toEqual([false, false, true, true]))
})

describe('moments', () => {
  const until = new Date(2026, 10, 22, 14, 15)
  const before = (minutes: number): string => new Date(until.getTime() - minutes * 60_000).toISOString()

  it('lie on the strip where they were', () => expect(marksOf([before(15), before(3), before(20)], until, 900_000).map((mark) => mark.at)).toEqual([0, 0.8]))
  it('leave open what nobody remembers', () => expect([before(15), before(12), before(0)].map((since) => unknownPart(new Date(since), until, 900_000))).toEqual([0, expect.closeTo(0.2), 1]))

  it('are said as people say them', async () => {
    await speak('en')
    await speakOfRooms()
    expect(overWhat(new Date(before(12)), until)).toBe('in the last 12 minutes')
    expect(overWhat(new Date(before(0.5)), until)).toBe('in the last 30 seconds')
    expect(sinceWhen(new Date(2026, 10, 21, 9, 5), until)).toBe('since yesterday, 09:05')
    expect(sinceWhen(new Date(2026, 10, 22, 9, 5), until)).toBe('since 09:05')
    expect(daysUntil(new Date(before(-60 * 24 * 3 - 5)), until)).toBe(4)
    expect(daysUntil(new Date(before(5)), until)).toBe(0)
  })
})

describe('the list of rules', () => {
  const now = new Date('2026-11-22T12:00:00Z')
  const camera = (id: string, name: string, site: string): Camera => ({ id, name, site }) as Camera
  const rule = (name: string, at: string, more: Partial<Rule> = {}): Rule =>
    ({ id: name, name, camera: at, sentence: `When a person is seen in ${name}`, kind: 'seen', severity: 2, state: 'on', over: false, expires_at: '2027-05-01T00:00:00Z', missing: [], figures: { week: 0, week_false: 0, too_often: [] }, ...more }) as Rule
  const cameras = [camera('a', 'Yard', 'north'), camera('b', 'Gate', 'north')]
  const rules = [rule('one', 'a'), rule('two', 'b', { state: 'silent', severity: 4 }), rule('three', 'a', { expires_at: '2026-11-30T00:00:00Z' })]
  const none = { text: '', state: '', severity: '', kind: '', attention: '' }
  const names = (filter: Partial<typeof none>): string[][] => grouped(rules, cameras, [], { ...none, ...filter }, now).map((group) => group.rules.map((one) => one.name))

  it('is grouped by camera', () => expect(names({})).toEqual([['two'], ['one', 'three']]))
  it('is searched and filtered', () => {
    expect(names({ text: 'gate' })).toEqual([['two']])
    expect(names({ text: 'SEEN IN ONE' })).toEqual([['one']])
    expect(names({ state: 'silent', severity: '4' })).toEqual([['two']])
    expect(names({ attention: 'ends_soon' })).toEqual([['three']])
    expect(names({ kind: 'stays' })).toEqual([])
  })
  it('says what asks for attention', () => expect(attentionOf(rule('x', 'a', { over: true, missing: [{ field: 'place', sentence: '' }] }), now)).toEqual(['ends_soon', 'refused']))
})
