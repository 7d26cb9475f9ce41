import { describe, expect, it } from 'vitest'
import type { Camera, Corner } from '../src/api/types'
import { changesIn, draftOf, emptyCamera, keepable } from '../src/studio/cameras/camera-draft'
import { narrowed } from '../src/studio/cameras/list'
import { addressFrom, kindOf, MAKERS, splitCredentials } from '../src/studio/cameras/makers'
import { after, before, firstStepOf, placeFrom, stepOf, STEPS } from '../src/studio/cameras/steps'
import { History } from '../src/studio/drawing/history.svelte'
import { area, crosses, distance, faultOf, rectangle, snapped } from '../src/studio/drawing/shapes'

const square: Corner[] = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]

describe('an outline', () => {
  it('is refused for what the server refuses, before it is sent', () => {
    expect(faultOf('zone', square)).toBeNull()
    expect(faultOf('zone', square.slice(0, 2))).toBe('few')
    expect(faultOf('zone', [[0, 0], [0, 0], [1, 1]])).toBe('repeated')
    expect(faultOf('private', [[0, 0], [1, 1], [1, 0], [0, 1]])).toBe('crossing')
    expect(faultOf('line', [[0, 0], [0, 0]])).toBe('repeated')
    expect(faultOf('line', [[0, 0], [0, 1]])).toBeNull()
  })
  it('crosses itself also where it only touches or runs back', () => {
    expect(crosses([[0, 0], [1, 0], [1, 1], [0.5, 0], [0, 1]])).toBe(true) // a corner on a side
    expect(crosses([[0, 0], [1, 0], [0.5, 0], [0.5, 1]])).toBe(true) // back along itself
    expect(crosses([[0, 0], [0.5, 0], [1, 0], [1, 1]])).toBe(false) // a corner on a straight side is none
    expect(crosses([[0, 0], [1, 0], [0.4, 0.4], [0, 1]])).toBe(false) // bent inwards
  })
  it('lies on the edge when it nearly does, and never outside', () => {
    expect(snapped([0.01, 0.5])).toEqual([0, 0.5])
    expect(snapped([1.2, -3])).toEqual([1, 0])
    expect(snapped([0.02, 0.98])).toEqual([0.02, 0.98])
  })
  it('is measured', () => {
    expect(Math.abs(area(square))).toBeCloseTo(0.36)
    expect(distance([0, 0], [0.5, 0], 2)).toBe(1)
    expect(rectangle([0.8, 0.1], [0.2, 0.6])).toEqual([[0.2, 0.1], [0.8, 0.1], [0.8, 0.6], [0.2, 0.6]])
  })
})

describe('what was drawn before', () => {
  it('is undone and done again, and a new step forgets what was undone', () => {
    const history = new History<number>()
    history.reset(1)
    expect([history.canUndo, history.canRedo, history.undo()]).toEqual([false, false, 1])
    history.push(2)
    history.push(2) // changes nothing
    history.push(3)
    expect([history.undo(), history.undo(), history.canUndo]).toEqual([2, 1, false])
    expect(history.redo()).toBe(2)
    history.push(4)
    expect([history.canRedo, history.undo()]).toEqual([false, 2])
  })
})

const camera: Camera = {
  id: 'a', site: 'one', name: 'Évêché gate', enabled: true, source: 'rtsp', address: 'rtsp://10.0.0.1/live', has_credentials: true, frames_per_second: 5,
  analysis_size: 640, retention_days: 30, clip_before_s: 5, clip_after_s: 5, place: 'private', purpose: 'Safety', legal_basis: 'Interest', authorisation: '',
  authorised_until: null, notice_displayed: true, created_at: '', version: 3, zones: [], lines: [],
  status: { state: 'live', reason: null, sentence: '', since: null, missing: [], analysed_per_second: 5, frames_dropped: 0, width: 1, height: 1, cores: null, ending: null, next_try: null },
}

describe('a draft', () => {
  it('is only what differs from what is saved', () => {
    expect(changesIn(draftOf(camera), camera)).toEqual([])
    expect(changesIn({ ...draftOf(camera), authorised_until: '' }, camera)).toEqual([])
    expect(changesIn({ ...draftOf(camera), name: 'B', password: 'x' }, camera)).toEqual(['name', 'password'])
    expect(changesIn(emptyCamera('any'), null)).toEqual([])
    expect(changesIn({ ...emptyCamera('any'), address: 'a' }, null)).toEqual(['address'])
  })
  it('never holds the password when it is kept', () => {
    const entered = { ...draftOf(camera), user_name: 'viewer', password: 'secret' }
    const kept = keepable(entered, changesIn(entered, camera))
    // Nothing but what was changed: the rest may be a colleague's meanwhile.
    expect(kept).toEqual({ user_name: 'viewer' })
    expect(JSON.stringify(kept)).not.toContain('secret')
  })
})

describe('an address', () => {
  it('is made from a maker’s template', () => {
    const of = (name: string, stream = 0, channel = 1): string => {
      const maker = MAKERS.find((one) => one.name.startsWith(name))
      const template = maker?.templates[stream]
      return maker && template ? addressFrom(template, '192.168.1.20', maker.port, channel) : ''
    }
    expect(of('Hikvision', 1, 3)).toBe('rtsp://192.168.1.20/Streaming/Channels/302')
    expect(of('Reolink', 0, 4)).toBe('rtsp://192.168.1.20/h264Preview_04_main')
    expect(of('Dahua')).toBe('rtsp://192.168.1.20/cam/realmonitor?channel=1&subtype=0')
    expect(of('Foscam')).toBe('rtsp://192.168.1.20:88/videoMain')
  })
  it('leaves nothing to be filled in, for any maker', () => {
    for (const maker of MAKERS) {
      for (const template of maker.templates) {
        const address = addressFrom(template, 'fe80::1', maker.port, 2)
        expect(address).not.toMatch(/[{}]/)
        expect(new URL(address.replace(/^rtsp/, 'http')).hostname).toBe('[fe80::1]')
        expect(template.path.includes('{channel')).toBe(maker.channels)
      }
    }
  })
  it('gives up the credentials that stand in it', () => {
    expect(splitCredentials('rtsp://viewer:p%40ss@10.0.0.1/live')).toEqual({ address: 'rtsp://10.0.0.1/live', user_name: 'viewer', password: 'p@ss' })
    expect(splitCredentials('rtsp://viewer:p@ss%@10.0.0.1/')).toEqual({ address: 'rtsp://10.0.0.1/', user_name: 'viewer', password: 'p@ss%' })
    expect(splitCredentials('rtsp://10.0.0.1/a@b')).toBeNull()
  })
  it('says how its pictures arrive', () => expect(['rtsps://a', 'HTTP://a', 'street.mp4'].map(kindOf)).toEqual(['rtsp', 'http', null]))
})

describe('the steps', () => {
  it('know where each field is put right', () => {
    expect([stepOf('authorisation'), stepOf('address'), stepOf('site.0'), stepOf('nothing')]).toEqual(['law', 'address', 'name', null])
    expect(firstStepOf(['retention_days', 'name'])).toBe('name')
    expect([before('address'), after('address'), after('watch')]).toEqual([null, 'name', null])
    expect(STEPS.map(after).slice(0, -1)).toEqual(STEPS.slice(1))
  })
  it('find the kind of place from plain questions', () => {
    expect(placeFrom({ road: true, open: null, work: null })).toBe('public_road')
    expect(placeFrom({ road: false, open: true, work: null })).toBe('open_to_public')
    expect(placeFrom({ road: false, open: false, work: true })).toBe('workplace')
    expect(placeFrom({ road: false, open: false, work: false })).toBe('private')
    expect(placeFrom({ road: false, open: null, work: true })).toBe('')
  })
})

describe('the list', () => {
  const down: Camera = { ...camera, id: 'b', name: 'Yard', site: 'two', status: { ...camera.status, state: 'down' }, zones: [{ id: 'z', name: 'Z', private: false, polygon: square }] }
  const off: Camera = { ...camera, id: 'c', name: 'Depot', enabled: false, status: { ...camera.status, state: 'unwatched', missing: [{ field: 'purpose', sentence: '.' }] } }
  const sites = [{ id: 'one', name: 'Campus' }, { id: 'two', name: 'Nord' }]
  const found = (filter: Partial<Parameters<typeof narrowed>[2]>): string[] => narrowed([camera, down, off], sites, { words: '', site: '', state: '', lack: '', ...filter }).map((one) => one.id)

  it('is narrowed by words without accents, in any field', () => {
    expect(found({ words: 'eveche' })).toEqual(['a'])
    expect(found({ words: 'nord yard' })).toEqual(['b'])
    expect(found({ words: 'campus' })).toEqual(['a', 'c'])
  })
  it('is narrowed by site, state and what is missing', () => {
    expect(found({ site: 'two' })).toEqual(['b'])
    expect(found({ state: 'unwatched' })).toEqual(['c'])
    expect(found({ lack: 'law' })).toEqual(['c'])
    expect(found({ lack: 'zones' })).toEqual(['a', 'c'])
    expect(found({ lack: 'down' })).toEqual(['b'])
  })
})
