"""The demo: a shop for succulents with its people, numbers, texts and customers.

Its numbers, templates and some of its customers are those that the simulator starts with.
"""
