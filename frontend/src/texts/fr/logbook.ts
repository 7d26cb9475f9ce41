/** Le service et la main courante. */
export const logbook = {
  'duty.title': 'En poste',
  'duty.nobody': 'Personne n’est en poste',
  'duty.nobody_text': 'Personne n’est en poste. Prenez votre service pour apparaître ici.',
  'duty.count.one': 'En poste : {count} personne',
  'duty.count.other': 'En poste : {count} personnes',
  'duty.you': '{name} (vous)',
  'duty.since': 'depuis {time}',
  'duty.all_sites': 'Tous les sites',
  'duty.where': 'Où vous prenez votre service',
  'duty.take_up': 'Prendre le service',
  'duty.end': 'Terminer le service',
} as const
