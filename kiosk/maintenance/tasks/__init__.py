"""What the staff do at the machine, one file a task, each `async def run(shift, tools) -> None`.

steps.py      picture steps, which go on when a sensor says so
troubles.py   a device's fault, as it is told to staff
ways.py       from a fault to the pictures and the task that mend it
limits.toml   what is measured against
"""
