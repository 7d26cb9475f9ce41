/** Tells whether an element can be seen: on the screen, in a page that is shown. */

export function whenVisible(element: Element, tell: (visible: boolean) => void): () => void {
  let onScreen = false
  const report = (): void => tell(onScreen && !document.hidden)
  const observer = new IntersectionObserver((entries) => {
    onScreen = entries[entries.length - 1]?.isIntersecting ?? false
    report()
  })
  observer.observe(element)
  document.addEventListener('visibilitychange', report)
  return () => {
    observer.disconnect()
    document.removeEventListener('visibilitychange', report)
  }
}
