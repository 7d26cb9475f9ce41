/** The model's classes with their names; read by who draws boxes or builds a rule. */
import { listLabels } from '../api/endpoints'
import type { Label } from '../api/types'
import { Shared } from './shared.svelte'

export const labels = new Shared<readonly Label[]>(listLabels, [])
