/** A blurred picture of a camera to draw on, fetched on demand; a refusal's sentence where there is none. */
import { pictureAddress } from '../../api/endpoints'
import { errorFrom, sentence } from '../../api/errors'
import { language } from '../../lib/language.svelte'

export class SetUpPicture {
  source = $state('')
  refusal = $state('')
  busy = $state(false)
  takenAt = $state.raw<Date | null>(null)

  constructor(private readonly camera: string) {}

  async load(): Promise<void> {
    this.busy = true
    this.refusal = ''
    try {
      // Asked by fetch and not by the image itself, so that a refusal's sentence can be shown.
      const response = await fetch(pictureAddress(this.camera), { headers: { 'Accept-Language': language() } })
      if (!response.ok) throw errorFrom(response.status, await response.json().catch(() => null))
      const picture = URL.createObjectURL(await response.blob())
      this.forget()
      this.source = picture
      this.takenAt = new Date()
    } catch (error) {
      this.refusal = sentence(error)
    } finally {
      this.busy = false
    }
  }

  forget(): void {
    if (this.source) URL.revokeObjectURL(this.source)
    this.source = ''
  }
}
