"""How the code is divided into domains, and what they take from each other."""
