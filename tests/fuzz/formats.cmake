reelproof_fuzz(statement ledger)
reelproof_fuzz(note ledger)
