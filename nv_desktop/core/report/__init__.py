"""What is left in a person's hands: the result workbook, the receipt, profiles as a table."""

from nv_desktop.core.report.receipt import receipt, write_receipt
from nv_desktop.core.report.table import write_table
from nv_desktop.core.report.workbook import ALL, NOT_THROUGH, REFUSED, Written, write, write_result
from nv_desktop.core.result_columns import ADDED, OUTCOME, REASON, ROW

__all__ = [
    "ADDED",
    "ALL",
    "NOT_THROUGH",
    "OUTCOME",
    "REASON",
    "REFUSED",
    "ROW",
    "Written",
    "receipt",
    "write",
    "write_receipt",
    "write_result",
    "write_table",
]
