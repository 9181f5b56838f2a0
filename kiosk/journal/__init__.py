"""What must survive: operations with their evidence, fences, the outbox, the audit chain. One SQLite file, no personal data."""
