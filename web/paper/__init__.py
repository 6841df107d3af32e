"""What both hosts hand out on paper, printed or as PDF: receipts, bills, reports. Said once, as `devices.documents`."""
