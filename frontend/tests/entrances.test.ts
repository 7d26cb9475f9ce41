import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { OwnCall, Pressed } from '../src/api/entrances'
import { curlExample, pythonExample } from '../src/entrances/examples'
import { speak, speakOfRooms } from '../src/lib/language.svelte'
import { callLines, confirmWords, pressedLines } from '../src/responder/alert'

const pressed = (values: Partial<Pressed> = {}): Pressed => ({ press: 'p', button: 'Alert button', site: 'Campus', plan: 'Intrusion', how: 'start', countdown_s: 60, starts_when_silent: true, under_way: false, people: 12, at_once: 12, channels: ['app', 'sms'], devices: 1, services: 0, good_until: '', digest: 'd', ...values })
const call = (values: Partial<OwnCall> = {}): OwnCall => ({ number: 1, button: 'Alert button', site: 'Campus', at: '', calls: 1, state: 'running', reference: 'NC-12', decide_by: null, starts_when_silent: true, started_at: '', ended_at: null, director: '', people: 12, told: 10, channels: ['sms'], answered: 3, help: 'open', taken_by: '', ...values })

beforeAll(async () => {
  await speak('en')
  await speakOfRooms()
})

describe('the alert button says', () => {
  it('what the second gesture does, before it is made', () => {
    const lines = pressedLines(pressed())
    expect(lines[0]).toContain('starts at once')
    expect(lines[1]).toBe('12 people are told by app and SMS.')
    expect(lines.some((line) => line.includes('doors'))).toBe(true)
    expect(confirmWords(pressed())).toBe('Alert now: 12 people are told')
    expect(confirmWords(pressed({ people: 1 }))).toBe('Alert now: 1 person is told')
  })
  it('that an agent is asked, and whether it starts by itself', () => {
    expect(pressedLines(pressed({ how: 'ask' }))[0]).toContain('After 60 seconds it starts by itself')
    expect(pressedLines(pressed({ how: 'ask', starts_when_silent: false }))[0]).toContain('for 60 seconds')
    expect(confirmWords(pressed({ how: 'ask' }))).toContain('an agent is asked')
  })
  it('that a second press raises the first, and promises nobody anything anew', () => {
    const lines = pressedLines(pressed({ under_way: true }))
    expect(lines[0]).toContain('under way already')
    expect(lines.some((line) => line.includes('are told by'))).toBe(false)
    expect(confirmWords(pressed({ under_way: true }))).toContain('Alert again')
  })
  it('who was told and who comes', () => {
    expect(callLines(call(), 0)).toEqual(['The plan is under way.', '10 of 12 people have been told, by SMS.', '3 people have answered.', 'Nobody has said yet that they come to you. Press again if you need to.'])
    expect(callLines(call({ help: 'taken', taken_by: 'Guard B', director: 'Agent 2', calls: 2 }), 0)).toEqual(expect.arrayContaining(['The plan is under way. Agent 2 directs it.', 'Guard B comes to you.', 'You have alerted 2 times.']))
    expect(callLines(call({ state: 'asking', decide_by: 'x', help: 'open' }), 41)[0]).toContain('In 41 seconds')
    expect(callLines(call({ state: 'dropped', help: null }), 0)).toEqual(['It was decided not to start the plan.'])
  })
})

describe('the examples', () => {
  const hook = { address: 'http://127.0.0.1:9/api/webhook/', entrance: 'e', secret: 'vigie_hook_x' }
  it('sign as the server checks', () => {
    const shell = curlExample(hook).split('\n').filter((line) => !/^(curl| )/.test(line)).join('\n')
    const said = execFileSync('bash', ['-c', `${shell}\nprintf '%s|%s|%s|%s' "$STAMP" "$NONCE" "$BODY" "$SIGNATURE"`]).toString()
    const [stamp, nonce, body, signature] = said.split('|')
    expect(signature).toBe(createHmac('sha256', hook.secret).update(`${stamp ?? ''}.${nonce ?? ''}.${body ?? ''}`).digest('hex'))
  })
  it('in Python too', () => {
    const program = pythonExample(hook).replace(/^print\(.*$/m, 'print("|".join([stamp, nonce, body.decode(), signature]))')
    const [stamp, nonce, body, signature] = execFileSync('python3', ['-c', program]).toString().trim().split('|')
    expect(signature).toBe(createHmac('sha256', hook.secret).update(`${stamp ?? ''}.${nonce ?? ''}.${body ?? ''}`).digest('hex'))
  })
})
