/** What of the frame is open. */
class FrameState {
  keys = $state(false)
}
export const frame = new FrameState()
