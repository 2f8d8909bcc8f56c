"""What only the notebooks use: set-up, timing, charts, checks, the claims ledger, the build."""
