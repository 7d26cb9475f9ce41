/** The directory of people who can be reached: addresses and shapes. */
import { request } from './client'
import { all } from './endpoints'
import type { components } from './schema'
import type { Page } from './types'

type Schemas = components['schemas']

export type Person = Schemas['Person']
export type Way = Schemas['Way']
export type WayInput = Schemas['WayInputRequest']
export type PersonInput = Schemas['PersonInputRequest']
export type PeoplePreview = Schemas['PeoplePreview']
export type PeopleRow = Schemas['PeopleRow']
export type PeopleBrought = Schemas['PeopleBrought']
export type PeopleTable = Pick<Schemas['PeopleImportInputRequest'], 'file' | 'text' | 'create_groups'>
export type Duplicates = 'skip' | 'update' | 'add'

export interface PeopleFilter {
  q?: string
  site?: string
  profile?: string
  list?: string
  inside?: string
  without_phone?: string
}

export const listPeople = (filter: PeopleFilter, page: number, signal?: AbortSignal): Promise<Page<Person>> => request('GET', 'people/', { query: { ...filter, page, page_size: 60 }, signal })
export const readPerson = (id: string, signal?: AbortSignal): Promise<Person> => request('GET', `people/${id}/`, { signal })
export const addPerson = (person: PersonInput): Promise<Person> => request('POST', 'people/', { body: person })
export const changePerson = (id: string, person: Partial<PersonInput> & { version: number }): Promise<Person> => request('PATCH', `people/${id}/`, { body: person })
export const removePerson = (id: string): Promise<void> => request('DELETE', `people/${id}/`)
export const sendWayCode = (person: string, way: string): Promise<void> => request('POST', `people/${person}/ways/${way}/code/`)
export const confirmWay = (person: string, way: string, code: string): Promise<Way> => request('POST', `people/${person}/ways/${way}/confirmation/`, { body: { code } })
/** Languages that people may read, by their own names. */
export const listLanguages = (signal?: AbortSignal): Promise<{ code: string; name: string }[]> => all('people/languages/', signal)

export const addProfile = (name: string): Promise<Schemas['Profile']> => request('POST', 'profiles/', { body: { name } })
export const addPersonList = (name: string): Promise<Schemas['PersonList']> => request('POST', 'person-lists/', { body: { name } })

export const previewPeople = (table: PeopleTable): Promise<PeoplePreview> => request('POST', 'people/import/preview/', { body: table })
/** All lines without a problem are brought in. */
export const importPeople = async (table: PeopleTable, duplicates: Duplicates): Promise<PeopleBrought[]> =>
  (await request<{ rows: PeopleBrought[] }>('POST', 'people/import/', { body: { ...table, duplicates, lines: null } })).rows
export const peopleTemplateAddress = '/api/people/import/template/'
