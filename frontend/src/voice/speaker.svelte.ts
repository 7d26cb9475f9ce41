/** Speaking live while a button is held: the microphone, the socket, and what became of it in words. */
import { t } from '../lib/language.svelte'
import { socketAddress } from '../lib/steady-socket'
import { closeMicrophone, liveRecorder, NoMicrophone, openMicrophone } from './microphone'
import { Packets, packed } from './webm'

/** How much sound a piece holds, milliseconds: small enough to be heard within a second, large enough for a thousand listeners. */
const PIECE_MS = 200
/** The server takes no larger piece. */
const MOST_BYTES = 7_000

export type Speaking = 'silent' | 'opening' | 'live'

interface Answer {
  state?: string
  reason?: string
}

export class Speaker {
  state = $state<Speaking>('silent')
  /** Why it did not begin, or ended by itself; a sentence. */
  problem = $state('')
  /** Since when, for the clock on the button. */
  since = $state.raw<Date | null>(null)
  private turn = 0
  private socket: WebSocket | null = null
  private stream: MediaStream | null = null
  private recorder: MediaRecorder | null = null
  /** The sending of the newest piece. */
  private last: Promise<void> = Promise.resolve()

  constructor(private readonly activation: string) {}

  /** The button is pressed. */
  async press(): Promise<void> {
    if (this.state !== 'silent') return
    const turn = (this.turn += 1)
    this.state = 'opening'
    this.problem = ''
    try {
      const stream = await openMicrophone()
      if (turn !== this.turn) return closeMicrophone(stream)
      this.stream = stream
      this.connect(turn)
    } catch (error) {
      if (turn === this.turn) this.end(error instanceof NoMicrophone ? error.message : t('voice.microphone_missing'))
    }
  }

  /** The button is let go. What was said last is still sent. */
  release(): void {
    if (this.state === 'silent') return
    const { recorder, socket } = this
    this.turn += 1
    if (recorder !== null && recorder.state !== 'inactive' && socket !== null) {
      recorder.onstop = () => void this.last.then(() => {
        this.say(socket, { close: true })
        setTimeout(() => socket.close(1000), 1_000)
      })
      recorder.stop()
      this.recorder = this.socket = null
    }
    this.end('')
  }

  private connect(turn: number): void {
    const socket = new WebSocket(socketAddress('/ws/talk/'))
    this.socket = socket
    socket.onopen = () => this.say(socket, { open: this.activation })
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (turn === this.turn) this.answered(socket, event.data)
    }
    socket.onclose = () => {
      if (turn === this.turn) this.end(t('talk.cut'))
    }
  }

  private answered(socket: WebSocket, data: unknown): void {
    const answer: Answer = typeof data === 'string' ? (JSON.parse(data) as Answer) : {}
    if (answer.state === 'open') this.record(socket)
    else {
      this.turn += 1
      this.end(answer.reason ?? t('talk.cut'))
    }
  }

  private record(socket: WebSocket): void {
    if (this.stream === null) return
    const packets = new Packets()
    const recorder = (this.recorder = liveRecorder(this.stream))
    this.last = Promise.resolve()
    recorder.ondataavailable = ({ data }) => {
      // Blobs are read one after the other, so that no piece overtakes another.
      this.last = this.last.then(async () => {
        const found = packets.take(new Uint8Array(await data.arrayBuffer()))
        if (found.length === 0 || socket.readyState !== WebSocket.OPEN) return
        const piece = packed(found)
        if (piece.length <= MOST_BYTES && socket.bufferedAmount < 4 * MOST_BYTES) socket.send(piece)
      })
    }
    recorder.start(PIECE_MS)
    this.state = 'live'
    this.since = new Date()
  }

  private say(socket: WebSocket, wish: object): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(wish))
  }

  private end(problem: string): void {
    this.state = 'silent'
    this.since = null
    this.problem = problem
    if (this.recorder !== null && this.recorder.state !== 'inactive') this.recorder.stop()
    if (this.stream !== null) closeMicrophone(this.stream)
    this.socket?.close(1000)
    this.socket = this.stream = this.recorder = null
  }
}
