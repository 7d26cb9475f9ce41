/** Duty and the logbook. */
export const logbook = {
  'duty.title': 'On duty',
  'duty.nobody': 'Nobody is on duty',
  'duty.nobody_text': 'Nobody is on duty. Take it up to be shown here to your colleagues.',
  'duty.count.one': 'On duty: {count} person',
  'duty.count.other': 'On duty: {count} people',
  'duty.you': '{name} (you)',
  'duty.since': 'since {time}',
  'duty.all_sites': 'All sites',
  'duty.where': 'Where you take up duty',
  'duty.take_up': 'Take up duty',
  'duty.end': 'End duty',
} as const
