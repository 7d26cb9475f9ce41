import { describe, expect, it } from 'vitest'
import type { Grant } from '../src/api/people'
import { deviceOf } from '../src/people/device'
import { byRole, has, same, toggled } from '../src/people/grants'
import { decode, encode, passkeyProblem } from '../src/people/webauthn'
import { byName } from '../src/shell/by-name'
import { done, missing, next, screenOf, type Has } from '../src/first-steps/steps'

describe('a browser in words', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0', 'Edge', 'Windows'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox', 'Linux'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1', 'Safari', 'iPhone'],
    ['Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36', 'Chrome', 'Android'],
    ['curl/8.5.0', '', ''],
  ])('%s', (agent, browser, system) => {
    expect(deviceOf(agent)).toEqual({ browser, system })
  })
})

describe('roles by site', () => {
  const agentHere: Grant = { role: 'agent', site: 'a' }

  it('gives and takes a role at a site', () => {
    const given = toggled([agentHere], 'agent', 'b')
    expect(has(given, 'agent', 'b')).toBe(true)
    expect(toggled(given, 'agent', 'b')).toEqual([agentHere])
  })

  it('everywhere takes the place of single sites, and the other way round', () => {
    expect(toggled([agentHere, { role: 'auditor', site: 'a' }], 'agent', null)).toEqual([{ role: 'auditor', site: 'a' }, { role: 'agent', site: null }])
    expect(toggled([{ role: 'agent', site: null }], 'agent', 'a')).toEqual([agentHere])
  })

  it('is the same in any order', () => {
    const other: Grant = { role: 'auditor', site: null }
    expect(same([agentHere, other], [other, agentHere])).toBe(true)
    expect(same([agentHere], [other])).toBe(false)
  })

  it('is said once a role', () => {
    expect(byRole([{ role: 'auditor', site: 'b' }, agentHere, { role: 'agent', site: 'b' }])).toEqual([
      { role: 'agent', sites: ['a', 'b'] },
      { role: 'auditor', sites: ['b'] },
    ])
    expect(byRole([agentHere, { role: 'agent', site: null }])).toEqual([{ role: 'agent', sites: null }])
  })
})

describe('passkeys', () => {
  it('writes bytes as addresses may hold them, and reads them back', () => {
    const bytes = Uint8Array.from([0, 251, 255, 62, 63, 1]).buffer
    expect(encode(bytes)).toBe('APv_Pj8B')
    expect(new Uint8Array(decode('APv_Pj8B'))).toEqual(new Uint8Array(bytes))
  })

  it('says what the browser refused, and nothing of other errors', () => {
    expect(passkeyProblem(new DOMException('', 'NotAllowedError'))).toBe('passkey.cancelled')
    expect(passkeyProblem(new DOMException('', 'InvalidStateError'))).toBe('passkey.known')
    expect(passkeyProblem(new Error('x'))).toBe(null)
  })

  it('names this machine where it was opened by number, and no other', () => {
    const at = (href: string): string | null => byName(new URL(href) as unknown as Location)
    expect(at('http://127.0.0.1:8000/sign-in?next=%2F')).toBe('http://localhost:8000/sign-in?next=%2F')
    expect(at('https://192.168.1.5/')).toBe(null)
    expect(at('https://vigie.example/')).toBe(null)
  })
})

describe('first steps', () => {
  const nothing: Has = { sites: [], cameras: [], rules: [], members: [{}], invitations: [] }
  const camera = { id: 'c', zones: [], lines: [] }

  it('leads one after the other', () => {
    expect(next(nothing)).toBe('site')
    expect(next({ ...nothing, sites: [{}] })).toBe('camera')
    expect(next({ ...nothing, sites: [{}], cameras: [camera] })).toBe('zone')
    expect(next({ ...nothing, sites: [{}], cameras: [{ ...camera, lines: [{}] }] })).toBe('rule')
    expect(next({ ...nothing, sites: [{}], cameras: [{ ...camera, zones: [{}] }], rules: [{}], members: [{}, {}] })).toBe(null)
  })

  it('counts an open invitation as a colleague, not one that was taken back', () => {
    expect(done('colleague', { ...nothing, invitations: [{ revoked_at: null }] })).toBe(true)
    expect(done('colleague', { ...nothing, invitations: [{ revoked_at: '2026-11-25T10:00:00Z' }] })).toBe(false)
  })

  it('says what is needed first, and leads to the camera that has no zone', () => {
    expect(missing('rule', nothing)).toBe('site')
    expect(missing('zone', { ...nothing, sites: [{}] })).toBe('camera')
    expect(missing('colleague', nothing)).toBe(null)
    const drawn = { id: 'd', zones: [{}], lines: [] }
    expect(screenOf('zone', { ...nothing, cameras: [drawn, camera] })).toBe('/studio/cameras/c')
  })
})
