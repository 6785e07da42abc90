reelproof_fuzz(age ledger)
reelproof_fuzz(statement ledger)
reelproof_fuzz(note ledger)
reelproof_fuzz(submission ledger)
reelproof_fuzz(policy ledger)
reelproof_fuzz(bundle ledger)
target_sources(fuzz_bundle PRIVATE
  ${CMAKE_SOURCE_DIR}/tests/ledger/provenance/bundle_support.cc)
reelproof_fuzz(parts ledger)
