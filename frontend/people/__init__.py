"""Who works where, as what and until when: for those who keep an organisation's people, and for the auditor."""
