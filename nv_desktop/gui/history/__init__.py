"""The rooms of the History page: its entries, its table, its panel."""
