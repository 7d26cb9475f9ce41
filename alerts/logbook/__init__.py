"""The agents' book of what happened (the French *main courante*), and who is on duty."""
