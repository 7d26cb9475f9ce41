/** The instructions of the moment: their address and shape. Every page of who is signed in reads them. */
import { request } from './client'
import type { components } from './schema'

export type Instruction = Pick<components['schemas']['OwnInstructionView'], 'id' | 'activation' | 'site' | 'drill' | 'words' | 'sounds' | 'given_at'>

export const listInstructions = (): Promise<Instruction[]> => request('GET', 'me/instructions/')
