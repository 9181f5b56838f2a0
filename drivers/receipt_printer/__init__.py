"""Receipt printers: slips on thermal paper."""
