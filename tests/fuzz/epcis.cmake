reelproof_fuzz(epcis api_epcis)
