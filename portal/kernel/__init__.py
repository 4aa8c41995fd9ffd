"""What every room shares: database, money, time, ids, errors, and the port to the saga engine."""
