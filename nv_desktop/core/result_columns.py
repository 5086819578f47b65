"""The columns that a result workbook adds; a file that has them is recognised, and they go nowhere."""

from __future__ import annotations

ROW = "NV row"
OUTCOME = "NV outcome"
REASON = "NV reason"
ADDED = (ROW, OUTCOME, REASON)
