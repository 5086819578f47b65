"""Reading xlsx and xlsm row by row from their XML: exact texts, error cells, formulas, number formats."""
