/** Rules, their history, figures and trials: the addresses of the API, typed. */
import { request } from './client'
import type { components } from './schema'
import type { Rule } from './types'

type Schemas = components['schemas']

export type RuleVersion = Required<Schemas['RuleVersion']>
export type RuleFigures = Schemas['Figures']
export type Advice = Schemas['Advice']
export type Week = Schemas['Week']

export const listVersions = (id: string, signal?: AbortSignal): Promise<RuleVersion[]> => request('GET', `rules/${id}/versions/`, { signal })
export const readFigures = (id: string, signal?: AbortSignal): Promise<RuleFigures> => request('GET', `rules/${id}/figures/`, { signal })
/** Make the rule what it was in version `to`, from the version that was looked at. */
export const goBack = (id: string, to: number, version: number): Promise<Rule> => request('POST', `rules/${id}/versions/`, { body: { to, version } })
