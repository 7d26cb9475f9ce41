import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../src/api/errors'
import { readSound, type Entered, type OwnMessage } from '../src/api/responder'
import { speak, speakOfRooms } from '../src/lib/language.svelte'
import { heard, readable, type Held } from '../src/responder/heard'
import { answerLine, buttons, shownWhole } from '../src/responder/messages'
import { Outbox } from '../src/responder/outbox.svelte'
import { keyBytes } from '../src/responder/push'
import { toSay, type ToSay } from '../src/responder/voice.svelte'

beforeAll(async () => {
  await speak('en')
  await speakOfRooms()
})

describe('the instructions of the moment', () => {
  const event = (fields: object, number = 1) => ({
    number,
    payload: { instruction: 'i1', activation: 'a', site: 's', site_name: 'Campus', given_at: '2026-11-30T05:00:00Z', words: { en: 'Stay inside.' }, drill: false, again: false, ended: false, ...fields },
  })

  it('are one an activation: the next takes the place of the one before', () => {
    const first = heard([], event({}))
    const second = heard(first, event({ instruction: 'i2', words: { en: 'Leave.' } }, 2))
    expect(second.map((one) => one.id)).toEqual(['i2'])
    expect(heard(second, event({ instruction: 'i3', activation: 'b' }, 3)).map((one) => one.id)).toEqual(['i3', 'i2'])
  })

  it('go when they are over, and only then', () => {
    const held = heard([], event({}))
    expect(heard(held, event({ instruction: 'another', ended: true }))).toEqual(held)
    expect(heard(held, event({ ended: true }))).toEqual([])
  })

  it('are told again by another number, which is what makes them heard again', () => {
    const first = heard([], event({}, 7))
    const again = heard(first, event({ again: true }, 9))
    expect([first[0]?.told, again[0]?.told]).toEqual([7, 9])
  })

  it('keep what holds when an event is not of its form', () => {
    const held = heard([], event({}))
    expect(heard(held, event({ words: null, instruction: 'x' }))).toBe(held)
    expect(heard(held, { number: 1, payload: {} })).toBe(held)
  })

  it('are read in the first language that there is', () => {
    const words: Held['words'] = { fr: 'Restez.', en: 'Stay.' }
    expect([readable(words, 'de', 'en'), readable(words, undefined, 'de'), readable({})]).toEqual(['en', 'fr', ''])
  })
})

describe('the sound of an instruction', () => {
  const SIGNED = '/instructions/i1/sound/?language=fr&until=1&key=k'
  const OWN = '/api/me/instructions/i1/sound/?language=fr'
  let asked: string[] = []
  const answering = (...answers: (Response | Error)[]): void => {
    asked = []
    vi.stubGlobal('fetch', (address: string) => {
      asked.push(address)
      const answer = answers.shift()
      return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer ?? new Error('asked too often'))
    })
  }
  const refusal = (status: number, message: string): Response => new Response(JSON.stringify({ code: 'x', message, fields: {} }), { status })
  afterEach(() => void vi.unstubAllGlobals())

  it('is where the event says, by language; what is not of the form is nowhere', () => {
    const payload = { instruction: 'i1', activation: 'a', words: { en: 'Stay.', fr: 'Restez.' }, given_at: '' }
    const told = (sounds: unknown, language: string): ToSay[] => heard([], { number: 1, payload: { ...payload, sounds } }).map((one) => toSay(one, language))
    expect(told({ fr: SIGNED }, 'fr')).toEqual([{ id: 'i1', language: 'fr', address: SIGNED }])
    for (const sounds of [{ en: SIGNED }, undefined, null, 7, [SIGNED], { fr: 7 }]) expect(told(sounds, 'fr')).toEqual([{ id: 'i1', language: 'fr', address: undefined }])
  })

  it('is asked for once, at the address that needs no session', async () => {
    answering(new Response('RIFF'))
    expect(await (await readSound('i1', 'fr', SIGNED)).text()).toBe('RIFF')
    expect(asked).toEqual([SIGNED])
  })

  it('is asked for with the session where that address has run out, or there is none', async () => {
    answering(refusal(404, 'It ran out.'), new Response('RIFF'))
    expect(await (await readSound('i1', 'fr', SIGNED)).text()).toBe('RIFF')
    expect(asked).toEqual([SIGNED, OWN])
    answering(new Response('RIFF'))
    await readSound('i1', 'fr')
    expect(asked).toEqual([OWN])
  })

  it('that is over, or cannot be spoken, is told in the server’s words and not asked for again', async () => {
    answering(refusal(404, 'It ran out.'), refusal(404, 'It is over.'))
    await expect(readSound('i1', 'fr', SIGNED)).rejects.toThrow('It is over.')
    answering(refusal(503, 'Not now.'))
    await expect(readSound('i1', 'fr', SIGNED)).rejects.toThrow('Not now.')
    answering(new TypeError('offline'))
    await expect(readSound('i1', 'fr', SIGNED)).rejects.toMatchObject({ code: 'network' })
    expect(asked).toEqual([SIGNED])
  })
})

describe('messages', () => {
  const now = Date.parse('2026-11-30T05:00:00Z')
  const message = (fields: Partial<OwnMessage>): OwnMessage => ({
    id: 'm', urgent: true, seen_at: null, reference: 'NC-1', exercise: false, language: 'en', texts: {}, choices: [{ key: '1', kind: 'safe', words: {} }], answers: [], created_at: '2026-11-30T04:00:00Z', withdrawn: false, can_answer: true, ...fields,
  })
  const answered = { answers: [{ kind: 'safe' as const, text: '', place: '', channel: 'app' as const, at: '' }] }

  it('are shown whole when they are the newest, or ask and were not answered', () => {
    const list = [
      message({ id: 'news', choices: [] }),
      message({ id: 'asks' }),
      message({ id: 'answered', ...answered }),
      message({ id: 'withdrawn', withdrawn: true }),
      message({ id: 'old', created_at: '2026-11-27T05:00:00Z' }),
      message({ id: 'told', choices: [] }),
    ]
    expect([...shownWhole(list, now)]).toEqual(['news', 'asks'])
    expect([...shownWhole([], now)]).toEqual([])
  })

  it('can always be answered with a call for help', () => {
    expect(buttons([], 'en').map((one) => one.kind)).toEqual(['help'])
    const offered = buttons([{ key: '2', kind: 'help', words: { en: 'help' } }, { key: '1', kind: 'safe', words: { en: 'safe', fr: 'en sécurité' } }], 'fr')
    expect(offered.map((one) => one.words)).toEqual(['En sécurité', 'I need help'])
  })

  it('say in words what the kind alone does not', () => {
    expect(buttons([{ key: '3', kind: 'other', words: { en: 'the hall is empty' } }], 'en').at(-1)).toEqual({ kind: 'other', words: 'The hall is empty', text: 'The hall is empty' })
    expect(answerLine({ kind: 'help', text: 'two of us', place: 'Room 204' })).toBe('I need help, Room 204, “two of us”')
    expect(answerLine({ kind: 'other', text: 'on the roof', place: '' })).toBe('“on the roof”')
    expect(answerLine({ kind: 'safe', text: '', place: '' })).toBe('I am safe')
  })
})

describe('an answer on its way', () => {
  class Store {
    kept = new Map<string, string>()
    getItem = (key: string): string | null => this.kept.get(key) ?? null
    setItem = (key: string, value: string): void => void this.kept.set(key, value)
    removeItem = (key: string): void => void this.kept.delete(key)
  }
  let store: Store
  let sent: Entered[]
  let answerWith: (answer: Entered) => Promise<string>
  let retries: { what: () => void; ms: number }[]
  const settled = () => new Promise((resolve) => setTimeout(resolve))
  const offline = (): Promise<string> => Promise.reject(new ApiError(0, 'network', 'No network.'))
  const taken: string[] = []

  const box = () =>
    new Outbox<string>({
      key: 'box',
      send: (_to, answer) => {
        sent.push(answer)
        return answerWith(answer)
      },
      onSent: (_to, what) => taken.push(what),
      store,
      later: (what, ms) => {
        retries.push({ what, ms })
        return () => undefined
      },
    })

  beforeEach(() => {
    store = new Store()
    sent = []
    retries = []
    taken.length = 0
    answerWith = () => Promise.resolve('ok')
  })

  it('is sent at once, and kept nowhere once it arrived', async () => {
    const outbox = box()
    outbox.give('m', { kind: 'help', place: ' Room 204 ' })
    await settled()
    expect(sent[0]).toMatchObject({ kind: 'help', place: 'Room 204', text: '' })
    expect([outbox.waiting.length, store.kept.size, taken]).toEqual([0, 0, ['ok']])
  })

  it('is kept while nothing gets through, said so, and sent again as the same answer', async () => {
    answerWith = offline
    const outbox = box()
    outbox.give('m', { kind: 'safe' })
    outbox.give('m', { kind: 'other', text: 'on the roof' })
    await settled()
    expect([outbox.waiting.length, outbox.trouble, store.kept.size]).toEqual([2, 'No network.', 1])
    answerWith = () => Promise.resolve('ok')
    retries.at(-1)?.what()
    await settled()
    expect([outbox.waiting.length, outbox.trouble, store.kept.size]).toEqual([0, '', 0])
    expect(new Set(sent.map((one) => one.once)).size).toBe(2)
    expect(sent.map((one) => one.kind).slice(-2)).toEqual(['safe', 'other'])
  })

  it('waits longer each time, and never longer than half a minute', async () => {
    answerWith = offline
    box().give('m', { kind: 'safe' })
    await settled()
    for (let time = 0; time < 6; time += 1) {
      retries.at(-1)?.what()
      await settled()
    }
    expect(retries.map((one) => one.ms)).toEqual([2000, 4000, 8000, 16000, 30000, 30000, 30000])
  })

  it('survives the page: what was given before is sent by the next one', async () => {
    answerWith = offline
    box().give('m', { kind: 'help', place: 'Cellar' })
    await settled()
    answerWith = () => Promise.resolve('ok')
    const next = box()
    expect(next.waiting[0]).toMatchObject({ kind: 'help', place: 'Cellar', to: 'm' })
    next.again()
    await settled()
    expect(store.kept.size).toBe(0)
  })

  it('is not sent unasked when it is old: it may not be so any more', async () => {
    answerWith = offline
    box().give('m', { kind: 'safe' })
    await settled()
    const kept = JSON.parse(store.getItem('box') ?? '') as { value: { at: number }[] }
    for (const one of kept.value) one.at -= 2 * 3_600_000
    store.setItem('box', JSON.stringify(kept))
    answerWith = () => Promise.resolve('ok')
    sent = []
    const next = box()
    next.give('m', { kind: 'coming' })
    await settled()
    expect(sent.map((one) => one.kind)).toEqual(['coming'])
    expect(next.waiting[0]?.refused).toContain('entered a while ago')
    next.again()
    await settled()
    expect(sent.map((one) => one.kind)).toEqual(['coming', 'safe'])
  })

  it('that the server will not have is told, stands in no one’s way, and can be dropped', async () => {
    answerWith = (answer) => (answer.kind === 'coming' ? Promise.reject(new ApiError(400, 'not_offered', 'Not offered.')) : Promise.resolve('ok'))
    const outbox = box()
    outbox.give('m', { kind: 'coming' })
    outbox.give('m', { kind: 'safe' })
    await settled()
    expect(taken).toEqual(['ok'])
    expect(outbox.waiting.map((one) => [one.kind, one.refused])).toEqual([['coming', 'Not offered.']])
    outbox.drop(outbox.waiting[0]?.once ?? '')
    expect([outbox.waiting.length, store.kept.size]).toEqual([0, 0])
  })

  it.each([401, 429, 500, 503])('is kept when the server answers %i', async (status) => {
    answerWith = () => Promise.reject(new ApiError(status, 'x', 'Later.'))
    const outbox = box()
    outbox.give('m', { kind: 'help' })
    await settled()
    expect(outbox.waiting[0]).toMatchObject({ kind: 'help', refused: '' })
    expect(retries.length).toBe(1)
  })

  it('is given all the same where the device keeps nothing', async () => {
    store.setItem = () => {
      throw new Error('full')
    }
    const outbox = box()
    outbox.give('m', { kind: 'help' })
    await settled()
    expect(taken).toEqual(['ok'])
  })
})

describe('push', () => {
  it('reads the key of the installation', () => {
    expect([...keyBytes('AQID_-8')]).toEqual([1, 2, 3, 255, 239])
  })
})
