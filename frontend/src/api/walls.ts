/** Walls that are kept: which cameras, in which order, under which name. */
import { request } from './client'
import type { components } from './schema'

export type Wall = components['schemas']['Wall']
export type WallInput = components['schemas']['WallInputRequest']
export type WallChange = Partial<WallInput> & { version: number }

export const listWalls = (signal?: AbortSignal): Promise<Wall[]> => request('GET', 'walls/', { signal })
export const keepWall = (wall: WallInput): Promise<Wall> => request('POST', 'walls/', { body: wall })
export const changeWall = (id: string, change: WallChange): Promise<Wall> => request('PATCH', `walls/${id}/`, { body: change })
export const deleteWall = (id: string): Promise<void> => request('DELETE', `walls/${id}/`)
