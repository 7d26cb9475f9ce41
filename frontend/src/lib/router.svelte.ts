/** Where we are: the address is the state. Screens are matched by pattern, loaded when first shown. */

class Place {
  path = $state('/')
  search = $state.raw(new URLSearchParams())
}
const place = new Place()

export function path(): string {
  return place.path
}

/** One value of the address's query, or `null`. */
export function query(name: string): string | null {
  return place.search.get(name)
}

/** Asked before another page is shown; the last one that a screen set. */
let mayLeave: (() => boolean) | null = null

/** Let a screen say whether it may be left; returns what takes the guard away. Changes of its own query are not asked about. */
export function guardLeaving(allowed: () => boolean): () => void {
  mayLeave = allowed
  return () => {
    if (mayLeave === allowed) mayLeave = null
  }
}

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const elsewhere = new URL(to, location.href).pathname !== place.path
  if (elsewhere && mayLeave !== null && !mayLeave()) return
  if (options.replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  read()
  if (!to.startsWith('?')) document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true })
}

/** Change values of the query in place; `null` takes one away. */
export function setQuery(values: Record<string, string | null>): void {
  const next = new URLSearchParams(place.search)
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === '') next.delete(name)
    else next.set(name, value)
  }
  const search = next.toString()
  history.replaceState(null, '', search === '' ? place.path : `${place.path}?${search}`)
  read()
}

/** The parameters of a pattern such as `/alerts/:id` when the path fits it, else `null`. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/')
  const given = path.replace(/(.)\/$/, '$1').split('/')
  if (wanted.length !== given.length) return null
  const found: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith(':')) {
      if (value === '') return null
      found[part.slice(1)] = decodeURIComponent(value)
    } else if (part !== value) return null
  }
  return found
}

/** A path of this site to go back to after signing in; anything else becomes the console. */
export function safeReturn(to: string | null): string {
  return to !== null && /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-in') ? to : '/'
}

function read(): void {
  place.path = location.pathname
  place.search = new URLSearchParams(location.search)
}

/** Follow the address: back and forward, and plain links of our own pages. */
export function startRouter(): void {
  read()
  addEventListener('popstate', () => {
    if (location.pathname !== place.path && mayLeave !== null && !mayLeave()) {
      // The browser has gone back already: put the address of what is still shown in front again.
      const search = place.search.toString()
      history.pushState(null, '', search === '' ? place.path : `${place.path}?${search}`)
      return
    }
    read()
  })
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (link === null || link.target !== '' || link.origin !== location.origin || link.hasAttribute('download')) return
    if (/^\/(api|static|ws)\//.test(link.pathname)) return
    event.preventDefault()
    navigate(link.pathname + link.search)
  })
}
