/** How this language calls itself, and how it writes dates and numbers: British, day before month and 24 hours. */
export default { name: 'English', tag: 'en-GB' }
