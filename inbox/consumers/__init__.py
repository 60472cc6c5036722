"""The doors of open pages: two sockets, downwards only, fed by one hub a process."""
