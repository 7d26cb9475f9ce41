/** The studio: rules, and what all its forms share. */
export const studio = {
  'form.save': 'Save',
  'form.saving': 'Saving…',
  'form.wrong': 'Some of what was entered is not valid.',
} as const
