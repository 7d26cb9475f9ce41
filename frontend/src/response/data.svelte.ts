/** What the room of plans reads: plans, and what they may name. */
import { listContacts, listPersonLists, listPlanTemplates, listProfiles, listResponsePlans, listSchedules, listTextPlaces, type EmergencyContact, type PersonList, type PlanTemplate, type Profile, type ResponsePlan, type Schedule, type TextPlace } from '../api/response'
import { alsoKept } from '../data'
import { seldom } from '../data/seldom'
import { Shared } from '../data/shared.svelte'

export const plans = new Shared<readonly ResponsePlan[]>(seldom(listResponsePlans, 400), [], (event) => event.kind === 'response_plan.changed')
export const templates = new Shared<readonly PlanTemplate[]>(listPlanTemplates, [])
export const places = new Shared<readonly TextPlace[]>(listTextPlaces, [])
export const contacts = new Shared<readonly EmergencyContact[]>(listContacts, [], (event) => event.kind === 'emergency.changed')
export const profiles = new Shared<readonly Profile[]>(seldom(listProfiles, 2000), [], (event) => event.kind === 'person.changed')
export const personLists = new Shared<readonly PersonList[]>(seldom(listPersonLists, 2000), [], (event) => event.kind === 'person.changed')
export const schedules = new Shared<readonly Schedule[]>(listSchedules, [], (event) => event.kind === 'on_call.changed')
alsoKept(plans, templates, places, contacts, profiles, personLists, schedules)
