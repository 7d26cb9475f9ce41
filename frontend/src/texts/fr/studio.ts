/** Le studio : les règles, et ce que ses formulaires partagent. */
export const studio = {
  'form.save': 'Enregistrer',
  'form.saving': 'Enregistrement…',
  'form.wrong': 'Une partie de la saisie n’est pas valable.',
} as const
