"""What whoever runs a server says in its file of settings, and what is made of that."""
