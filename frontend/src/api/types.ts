/** The API's shapes by the names the pages use: aliases of the generated schema, narrowed where JSON says less than is known. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Named = Schemas['Named']
export type AlertStateName = Schemas['AlertState']
export type FalseAlarmReason = Schemas['FalseAlarmReason']
export type Recording = Schemas['RecordingView']
export type Alert = Schemas['AlertView']
export type LogKind = Schemas['LogKind']
export type LogLine = Schemas['LogLine']
export type AlertDetail = Schemas['AlertDetail']
export type Right = Schemas['RightEnum']
export type Me = Schemas['Me']
export type SessionAnswer = Schemas['SessionView']
export type Site = Required<Schemas['Site']>
export type Member = Schemas['Member']
export type SourceKind = Schemas['SourceEnum']
/** Empty: not said yet. */
export type PlaceKind = Schemas['PlaceEnum'] | ''
export type MissingFact = Schemas['MissingFact']
export type CameraStatus = Schemas['Status']
export type ProbeInput = Schemas['CameraTestRequest']
export type ProbeResult = Schemas['CameraTestResult']
export type WatchersView = Schemas['WatchersView']
export type Label = Schemas['Label']
export type Hours = Schemas['Hours']
export type RuleStateName = Schemas['RuleStateEnum']
export type SilentRun = Schemas['SilentRun']
export type Trial = Schemas['Trial']

/** The session of somebody who is signed in. */
export interface Session {
  csrf_token: string
  member: Me
  organisation: Schemas['Organisation']
}

export interface CursorPage<T> {
  next?: string | null
  previous?: string | null
  results: T[]
}

export interface Page<T> extends CursorPage<T> {
  count: number
}

/** A point on the picture, 0 to 1 from its left and its top. */
export type Corner = [number, number]

export interface ZoneInput {
  name: string
  private: boolean
  polygon: Corner[]
}
export interface Zone extends ZoneInput {
  id: string
}

export interface LineInput {
  name: string
  start: Corner
  end: Corner
}
export interface Line extends LineInput {
  id: string
}

export type Camera = Omit<Schemas['Camera'], 'zones' | 'lines' | 'place'> & { place: PlaceKind; zones: Zone[]; lines: Line[] }

/** All that is filled in about a camera. */
export interface CameraInput extends Required<Omit<Schemas['CameraInputRequest'], 'user_name' | 'password' | 'place' | 'analysis_size'>> {
  place: PlaceKind
  analysis_size: number
  user_name?: string
  password?: string
}

/** A setting of a rule's kind, as its JSON schema describes it. */
export interface SettingSchema {
  type?: string
  title?: string
  description?: string
  default?: unknown
  minimum?: number
  maximum?: number
  enum?: string[]
  $ref?: string
  allOf?: { $ref: string }[]
  items?: { enum?: string[] }
  'x-widget'?: string
  'x-labels'?: Record<string, string>
  /** What a value says in the rule's sentence. */
  'x-words'?: Record<string, string>
  'x-phrase'?: string
  'x-phrase-zero'?: string
}

export type RuleKind = Omit<Schemas['RuleKind'], 'settings'> & {
  settings: { properties: Record<string, SettingSchema>; required?: string[]; $defs?: Record<string, SettingSchema> }
}

/** All that is filled in about a rule. */
export interface RuleInput {
  name: string
  camera: string
  kind: string
  settings: Record<string, unknown>
  zone: string | null
  line: string | null
  schedule: Hours[]
  severity: number
  quiet_s: number
  purpose: string
  state: RuleStateName
  authorising_text: string
  authorised_from: string | null
  authorised_until: string | null
}
export type Rule = Required<Schemas['Rule']>
