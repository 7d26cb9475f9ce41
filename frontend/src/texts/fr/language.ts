/** Comment cette langue se nomme, comment elle écrit dates et nombres, et ce qui tient ensemble en fin de ligne. */
export default {
  name: 'Français',
  tag: 'fr-FR',
  typeset: (sentence: string): string => sentence.replace(/ (?=[:;?!»])/g, '\u00a0').replace(/« /g, '«\u00a0'),
}
