"""What goes before and after a signature: drafts completed, keys in files, contexts of the user, disclosure by the holder."""
