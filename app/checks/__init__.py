"""Whether what is stored and quoted is sound: verify, doctor, status."""
