/** A shape as it is drawn becomes what the API keeps: a zone, private or not, or a line. */
import { addLine, addZone, changeLine, changeZone, removeLine, removeZone } from '../../api/endpoints'
import type { Shape } from './shapes'

export async function store(camera: string, { id, kind, name, corners }: Shape): Promise<unknown> {
  if (kind === 'line') {
    const line = { name, start: corners[0] ?? [0, 0], end: corners[1] ?? [1, 1] } satisfies Parameters<typeof addLine>[1]
    return id === null ? addLine(camera, line) : changeLine(camera, id, line)
  }
  const zone = { name, private: kind === 'private', polygon: corners }
  return id === null ? addZone(camera, zone) : changeZone(camera, id, zone)
}

export async function erase(camera: string, { id, kind }: Shape): Promise<void> {
  if (id === null) return
  await (kind === 'line' ? removeLine(camera, id) : removeZone(camera, id))
}
