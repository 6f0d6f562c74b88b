"""Who may do what on a broker that asks who is there: certificates, accounts, rights."""
