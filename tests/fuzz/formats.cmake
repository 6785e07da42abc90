reelproof_fuzz(statement ledger)
reelproof_fuzz(note ledger)
reelproof_fuzz(submission ledger)
reelproof_fuzz(policy ledger)
