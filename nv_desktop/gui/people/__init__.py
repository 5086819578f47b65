"""The rooms of the People page: what was typed, the list, the cards, the calls, the dialogs."""
