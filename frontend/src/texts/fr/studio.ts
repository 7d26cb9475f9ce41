/** The studio: cameras and rules. */
export const studio = {
  'cameras.title': 'Cameras',
  'cameras.add': 'Add a camera',
  'camera.title': 'Camera',
  'rules.title': 'Rules',
  'rule.title': 'Rule',
} as const
