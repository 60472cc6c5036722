"""How fast Sash is on this machine, measured with the processes of production: `make bench`.

Nothing of Sash imports it. Figures are compared with P, a plain transaction of PostgreSQL on the
same machine in the same minute, since an absolute figure says more about the machine.
"""
