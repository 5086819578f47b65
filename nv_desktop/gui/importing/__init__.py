"""The rooms of the Import page: choosing a file, deciding about its columns, checking its rows."""
