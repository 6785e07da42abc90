reelproof_fuzz(http api_http)
