import { describe, expect, it } from 'vitest'
import type { Device, Driver, Run } from '../src/api/devices'
import { draftOf, firstStates, inputOf, type DeviceDraft } from '../src/devices/device-draft'
import { fieldsOf, filledFrom, settingsOf, valueAt, withValue, type StateField } from '../src/devices/schema-form'
import { linesOf, span } from '../src/devices/steps'
import { bySite, heard, lookOf, mostUrgentFirst, waitsFor } from '../src/devices/words'
import { newPress } from '../src/lib/press'

const STATES = ['off', 'on'].map((key) => ({ key, word: key, words: {}, secures: false }))
function device(name: string, more: Partial<Device> = {}): Device {
  return {
    id: name, site: { id: 's', name: 'Courtyard' }, connection: null, name, kind: 'siren', driver: 'mqtt', address: '', settings: {}, states: STATES, secures: false, readable: true, has_secrets: false,
    silent_after_min: 15, state: 'off', state_word: 'off', state_at: '2026-11-30T05:00:00Z', last_seen_at: '2026-11-30T05:00:00Z', silent_since: null, last_asked: '', last_asked_at: null, version: 1, ...more,
  }
}

const MQTT: Driver = {
  key: 'mqtt', label: 'MQTT', help: '', needs_connection: true,
  settings: {
    properties: {
      command_topic: { type: 'string', title: 'Command topic', maxLength: 200 },
      payloads: { type: 'object', title: 'Commands', additionalProperties: { type: 'string' } },
      state_topic: { anyOf: [{ type: 'string', maxLength: 200 }, { type: 'null' }], default: null, title: 'State topic' },
      available_payload: { type: 'string', default: 'online', title: 'Availability' },
    },
    required: ['command_topic', 'payloads'],
  },
}
const HTTP: Driver = {
  key: 'http', label: 'HTTP', help: '', needs_connection: false,
  settings: {
    $defs: {
      Method: { enum: ['PUT', 'POST'], type: 'string', title: 'Method' },
      Request: { type: 'object', properties: { method: { $ref: '#/$defs/Method', default: 'PUT' }, path: { type: 'string', title: 'Path' }, body: { type: 'string', default: '', title: 'Body' } }, required: ['path'] },
    },
    properties: { requests: { type: 'object', title: 'Commands', additionalProperties: { $ref: '#/$defs/Request' } }, authority: { type: 'string', default: '', maxLength: 20000 } },
    required: ['requests'],
  },
}

describe('what is said of devices', () => {
  it('is shown as the feed tells it, with the word that the state has', () => {
    const [siren, other] = heard([device('Siren'), device('Lights', { kind: 'light' })], { device: 'Siren', state: 'on', state_at: '2026-11-30T05:01:00Z', silent_since: null })
    expect([siren?.state, siren?.state_word, siren?.state_at]).toEqual(['on', 'on', '2026-11-30T05:01:00Z'])
    expect(other?.state).toBe('off')
    expect(heard([device('Siren')], { device: 'Siren', removed: true, state: '' })).toEqual([])
    // A state that the list does not know waits for the list that is read next.
    expect(heard([device('Siren')], { device: 'Siren', state: 'wailing' })[0]?.state).toBe('off')
    expect(heard([device('Siren')], { device: 'Siren', state: '', silent_since: '2026-11-30T05:00:00Z' })[0]).toMatchObject({ state: '', state_word: '', silent_since: '2026-11-30T05:00:00Z' })
  })

  it('never shows as known what is silent or was never said', () => {
    expect(lookOf(device('Siren', { state: 'on' }))).toBe('loud')
    expect(lookOf(device('Lights', { kind: 'light', state: 'on' }))).toBe('lit')
    expect(lookOf(device('Siren', { state: 'on', silent_since: '2026-11-30T05:00:00Z' }))).toBe('unknown')
    expect(lookOf(device('Siren', { state: '' }))).toBe('unknown')
    expect(lookOf(device('Door', { kind: 'door', state: 'on' }))).toBe('plain')
  })

  it('tells what a device was told and has not done', () => {
    expect(waitsFor(device('Siren', { last_asked: 'on', last_asked_at: '2026-11-30T05:00:01Z' }))).toBe('on')
    expect(waitsFor(device('Siren', { last_asked: 'off', last_asked_at: '2026-11-30T05:00:01Z' }))).toBeNull()
    // It has spoken long since then, and is otherwise: somebody else moved it.
    expect(waitsFor(device('Siren', { last_asked: 'on', last_asked_at: '2026-11-30T04:00:00Z' }))).toBeNull()
    expect(waitsFor(device('Siren', { state: '', state_at: null, readable: false, last_asked: 'on', last_asked_at: '2026-11-30T04:00:00Z' }))).toBe('on')
  })

  it('stands by site and by name', () => {
    const groups = bySite([device('b'), device('z', { site: { id: 'a', name: 'Annex' } }), device('a')])
    expect(groups.map((group) => [group.name, group.devices.map((one) => one.name)])).toEqual([['Annex', ['z']], ['Courtyard', ['a', 'b']]])
  })

  it('has what asks somebody first', () => {
    const run = (id: string, state: Run['state'], asked_at: string) => ({ id, state, asked_at }) as Run
    expect(mostUrgentFirst([run('1', 'running', '2026-11-30T05:02:00Z'), run('2', 'asking', '2026-11-30T05:00:00Z'), run('3', 'queued', '2026-11-30T05:03:00Z')]).map((one) => one.id)).toEqual(['2', '1', '3'])
  })
})

describe('a script in words', () => {
  it('has a line for each step, at the place that its runs and trials name', () => {
    const set = (name: string) => ({ do: 'set', device: name, state: 'on', limit_s: 10, otherwise: 'ask' })
    const document = { steps: [set('a'), { do: 'if', device: 'b', state: 'on', limit_s: 10, otherwise: 'stop', then: [set('c')], else: [{ do: 'stop' }] }, { do: 'parallel', branches: [[set('d')], [set('e'), { do: 'wait', seconds: 90 }]] }] }
    const lines = linesOf(document, (name, word) => ({ name, word }))
    expect(lines.map((line) => [line.path, line.depth])).toEqual([['0', 0], ['1', 0], ['1.then.0', 1], ['', 0], ['1.else.0', 1], ['2', 0], ['2.0.0', 1], ['', 1], ['2.1.0', 1], ['2.1.1', 1]])
    expect(linesOf({}, (name, word) => ({ name, word }))).toEqual([])
  })

  it('says times in seconds and minutes', () => {
    expect([20, 60, 90, 0].map(span)).toEqual(['20\u00a0s', '1\u00a0min', '1\u00a0min 30\u00a0s', '0\u00a0s'])
  })
})

describe('a driver’s form', () => {
  it('is drawn from its schema', () => {
    expect(fieldsOf(MQTT.settings).map((one) => [one.name, one.look, one.required])).toEqual([['command_topic', 'text', true], ['payloads', 'per_state', true], ['state_topic', 'text', false], ['available_payload', 'text', false]])
    const [requests, authority] = fieldsOf(HTTP.settings)
    expect(authority?.look).toBe('long')
    expect((requests as StateField).parts.map((part) => [part.name, part.look, part.initial])).toEqual([['method', 'choice', 'PUT'], ['path', 'text', ''], ['body', 'text', '']])
  })

  it('sends what was filled in, of states that the device has, and nothing for what was left empty', () => {
    const fields = fieldsOf(MQTT.settings)
    let filled = filledFrom(fields, { command_topic: 'x/set', payloads: { off: 'OFF', gone: 'GONE' } })
    expect(filled['available_payload']).toBe('online')
    filled = withValue(filled, fields[1] as StateField, 'ON', 'on')
    expect(settingsOf(fields, filled, ['off', 'on'])).toEqual({ command_topic: 'x/set', payloads: { off: 'OFF', on: 'ON' }, state_topic: null, available_payload: 'online' })
    expect(settingsOf(fields, { ...filled, available_payload: '' }, ['off'])).not.toHaveProperty('available_payload')
  })

  it('sends a group of fields for a state only where what it needs is there', () => {
    const fields = fieldsOf(HTTP.settings)
    const requests = fields[0] as StateField
    let filled = filledFrom(fields, {})
    filled = withValue(filled, requests, '/on', 'on', requests.parts[1])
    filled = withValue(filled, requests, 'POST', 'off', requests.parts[0])
    expect(settingsOf(fields, filled, ['off', 'on'])['requests']).toEqual({ on: { method: 'PUT', path: '/on', body: '' } })
    expect(valueAt(filled, requests, 'off', requests.parts[0])).toBe('POST')
  })
})

describe('a device’s draft', () => {
  it('comes back as it was saved', () => {
    const saved = device('Siren', { settings: { command_topic: 'x/set', payloads: { off: 'OFF', on: 'ON' }, state_topic: 'x/state' }, connection: { id: 'b', name: 'Broker' } })
    const sent = inputOf(draftOf(saved, [MQTT, HTTP], 's', ''), [MQTT, HTTP], { user_name: '', password: '', token: '' })
    expect(sent).toMatchObject({ site: 's', connection: 'b', driver: 'mqtt', address: '', silent_after_min: 15, settings: { ...saved.settings } })
    expect(sent).not.toHaveProperty('password')
  })

  it('brings the usual states of its kind, and words only for those that have none', () => {
    expect(firstStates('door').map((one) => one.key)).toEqual(['unlocked', 'locked'])
    const draft: DeviceDraft = { ...draftOf(null, [HTTP], 's', ''), states: [{ key: 'on', words: { en: 'bright' }, secures: false }, { key: 'half', words: { en: 'half', fr: ' ' }, secures: true }] }
    expect(inputOf(draft, [HTTP], { user_name: '', password: 'p', token: '' })).toMatchObject({ states: [{ key: 'on', words: {}, secures: false }, { key: 'half', words: { en: 'half' }, secures: true }], password: 'p' })
  })
})

describe('a press of a button', () => {
  it('has a name of its own, as the server reads it', () => {
    expect(newPress()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(newPress()).not.toBe(newPress())
  })
})
