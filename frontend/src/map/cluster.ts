/** Sites that would lie on each other become one marker. */
import type { Point } from '../lib/view'

export interface Cluster<T> {
  at: Point
  members: T[]
}

/** Group what lies nearer than `near` pixels, across and down, to the first of a group; the order given decides who is first. */
export function cluster<T>(things: readonly { at: Point; thing: T }[], near: Point): Cluster<T>[] {
  const found: (Cluster<T> & { first: Point })[] = []
  for (const { at, thing } of things) {
    const group = found.find(({ first }) => Math.abs(first[0] - at[0]) < near[0] && Math.abs(first[1] - at[1]) < near[1])
    if (group === undefined) {
      found.push({ first: at, at, members: [thing] })
      continue
    }
    const count = group.members.push(thing)
    group.at = [group.at[0] + (at[0] - group.at[0]) / count, group.at[1] + (at[1] - group.at[1]) / count]
  }
  return found.map(({ at, members }) => ({ at, members }))
}
