"""What decides: pure modules that know no database, no file and no clock of their own."""
