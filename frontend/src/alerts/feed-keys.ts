/** The feed by keyboard: which key does what, as the screen and its help name it. */
import type { Key } from '../lib/keys.svelte'
import { t } from '../lib/language.svelte'
import type { FeedRow } from './rows'

export interface FeedActions {
  rows: () => readonly FeedRow[]
  /** Index of the row with the focus; -1 when the focus is elsewhere. */
  current: () => number
  focus: (index: number) => void
  take: ((row: FeedRow) => void) | undefined
  tick: ((row: FeedRow, range: boolean) => void) | undefined
  clear: () => void
  marked: () => boolean
  search: () => void
  mine: () => void
}

/** The next row that can have the focus, from `index` in a direction; a group's heading cannot. */
export function step(rows: readonly FeedRow[], index: number, direction: 1 | -1): number {
  for (let next = index + direction; next >= 0 && next < rows.length; next += direction) {
    if (rows[next]?.kind !== 'group') return next
  }
  return Math.max(index, rows.findIndex((row) => row.kind !== 'group'))
}

export function feedKeys(feed: FeedActions): Key[] {
  const here = (): FeedRow | undefined => feed.rows()[feed.current()]
  const inside = (): boolean => feed.current() >= 0
  const move = (direction: 1 | -1) => () => feed.focus(step(feed.rows(), feed.current(), direction))
  const keys: Key[] = [
    { key: 'j', text: t('alerts.key_next'), run: move(1) },
    { key: 'k', text: t('alerts.key_previous'), run: move(-1) },
    { key: 'ArrowDown', text: t('alerts.key_next'), when: inside, run: move(1) },
    { key: 'ArrowUp', text: t('alerts.key_previous'), when: inside, run: move(-1) },
    { key: '/', text: t('alerts.key_search'), run: feed.search },
    { key: 'm', text: t('alerts.key_mine'), run: feed.mine },
  ]
  const { take, tick } = feed
  if (take === undefined || tick === undefined) return keys
  const untaken = (): FeedRow | undefined => here() ?? feed.rows().find((row) => row.kind === 'alert' && row.alert.state === 'open')
  const ticking = (range: boolean) => (): void => {
    const row = here()
    if (row !== undefined) tick(row, range)
  }
  return [
    ...keys,
    { key: 'a', text: t('alerts.key_take'), run: () => { const row = untaken(); if (row) take(row) } },
    { key: 'x', text: t('alerts.key_tick'), when: inside, run: ticking(false) },
    { key: 'X', text: t('alerts.key_range'), when: inside, run: ticking(true) },
    { key: 'Escape', text: t('alerts.key_clear'), when: feed.marked, run: feed.clear },
  ]
}
