"""The steps of a set-up, one a file: `async def run(sitting, work)` asks, and writes the answers down before it returns."""
