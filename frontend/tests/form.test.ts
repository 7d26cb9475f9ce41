import { beforeAll, describe, expect, it } from 'vitest'
import { ApiError } from '../src/api/errors'
import { speak } from '../src/lib/language.svelte'
import { FormState } from '../src/studio/shared/form.svelte'

beforeAll(() => speak('en'))

async function refused(message: string, fields: Record<string, string>): Promise<FormState> {
  const form = new FormState()
  await form.send(() => Promise.reject(new ApiError(400, 'invalid', message, fields)), ['name'])
  return form
}

describe('a form that was refused', () => {
  it('says what is wrong beside its field, once', async () => {
    const form = await refused('Choose another name.', { name: 'Choose another name.' })
    expect(form.wrong('name')).toBe('Choose another name.')
    expect(form.problem).toBe('Some of what was entered is not valid.')
  })
  it('says above what belongs to no field that it shows', async () => {
    expect((await refused('It ends before it begins.', { until: 'It ends before it begins.' })).problem).toBe('It ends before it begins.')
    expect((await refused('Nobody may do this now.', {})).problem).toBe('Nobody may do this now.')
  })
})
