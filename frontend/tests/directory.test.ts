import { describe, expect, it } from 'vitest'
import type { Person } from '../src/api/directory'
import { draftOf, inputOf, placeOf, toggled } from '../src/directory/person-draft'
import { base64 } from '../src/directory/table'

const PERSON: Person = {
  id: 'p', display_name: 'Camille', language: 'fr', site: 's', site_name: 'Yard', inside: false, latitude: 47.086, longitude: -2.4, account: null, erased_at: null, version: 4,
  ways: [{ id: 'w', kind: 'phone', address: '+33612345678', written: '06 12 34 56 78', sms: true, voice: false, verified_at: null, stopped_at: null }, { id: 'x', kind: 'email', address: 'a@b.fr', written: 'a@b.fr' }],
  profiles: [{ id: 'staff', name: 'Staff' }], lists: [],
}

describe('a person of the directory', () => {
  it('is sent as they were read', () => {
    expect(inputOf(draftOf(PERSON, 'en'))).toEqual({
      display_name: 'Camille', language: 'fr', site: 's', inside: false, latitude: 47.086, longitude: -2.4, profiles: ['staff'], lists: [],
      ways: [{ kind: 'phone', address: '06 12 34 56 78', sms: true, voice: false }, { kind: 'email', address: 'a@b.fr', voice: true }],
    })
  })

  it('is begun with one empty number, which is not sent', () => {
    const draft = draftOf(null, 'en')
    expect(draft.ways).toHaveLength(1)
    expect(inputOf(draft)).toMatchObject({ ways: [], site: null, language: 'en' })
  })

  it('has a place that was typed with a comma, and none when it was emptied', () => {
    const draft = draftOf(PERSON, 'en')
    expect(inputOf({ ...draft, latitude: ' 47,1 ', longitude: '2.5' })).toMatchObject({ latitude: 47.1, longitude: 2.5 })
    expect(inputOf({ ...draft, latitude: '', longitude: '' })).toMatchObject({ latitude: null, longitude: null })
    expect(draftOf({ ...PERSON, latitude: null, longitude: null }, 'en')).toMatchObject({ latitude: '', longitude: '' })
  })

  it('shows what was refused beside the field that it was entered in', () => {
    const way = (address: string) => ({ kind: 'phone' as const, address, sms: true, voice: true })
    expect([0, 1, 2].map((sent) => placeOf([way('1'), way(' '), way('2')], sent))).toEqual([0, 2, -1])
  })

  it('has a group once', () => {
    expect(toggled(['a', 'b'], 'b', true)).toEqual(['a', 'b'])
    expect(toggled(['a', 'b'], 'a', false)).toEqual(['b'])
  })

  it('sends a table’s bytes as they are', () => {
    expect(base64(new Uint8Array([0xff, 0xfe, 0x41, 0]))).toBe('//5BAA==')
  })
})
