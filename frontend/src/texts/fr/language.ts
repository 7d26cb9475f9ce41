/** Comment cette langue se nomme, et comment elle écrit dates et nombres. */
export default { name: 'Français', tag: 'fr-FR' }
