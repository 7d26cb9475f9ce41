/** The addresses in a text, as pure functions: a phone makes them links. */

export interface Piece {
  text: string
  link: string
}

/** A text cut at its addresses; what is no address has an empty link. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/g)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index), link: '' })
    found.push({ text: match[0], link: match[0] })
    from = match.index + match[0].length
  }
  if (from < text.length) found.push({ text: text.slice(from), link: '' })
  return found
}
