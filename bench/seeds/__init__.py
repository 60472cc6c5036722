"""What a row needs to be in the database; each module has `run(**arguments)`, called by inside."""
