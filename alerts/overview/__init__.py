"""What a supervisor wants to know at a glance: what is open, who is there, what does not work, what needs attention."""
