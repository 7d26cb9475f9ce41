/** How many tiles the wall shows, and which page of cameras, from the address. */

export type Grid = '1' | '4' | '9'

export interface Layout {
  grid: Grid
  size: number
  page: number
  pages: number
  /** Index of the first camera shown. */
  first: number
}

/** The layout for so many cameras; without a wish, the smallest grid that shows them all. */
export function layoutOf(cameras: number, grid: string | null, page: string | null): Layout {
  const chosen: Grid = grid === '1' || grid === '4' || grid === '9' ? grid : cameras <= 1 ? '1' : cameras <= 4 ? '4' : '9'
  const size = Number(chosen)
  const pages = Math.max(1, Math.ceil(cameras / size))
  const wanted = Number.parseInt(page ?? '1', 10)
  const current = Math.min(pages, Math.max(1, Number.isNaN(wanted) ? 1 : wanted))
  return { grid: chosen, size, page: current, pages, first: (current - 1) * size }
}
