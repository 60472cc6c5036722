"""What Sash does when things break, tried on the processes of production: `make faults`.

Each fault happens under load and is followed by the invariants: nothing acknowledged is lost,
nothing is doubled, counters and open pages are right. Nothing of Sash imports this.
"""
