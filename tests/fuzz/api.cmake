# The two readers alone: the libraries that they belong to bring the reading of pictures with them.
reelproof_fuzz(api_body ledger)
target_sources(fuzz_api_body PRIVATE ${CMAKE_SOURCE_DIR}/api/routes/request_body.cc
                                     ${CMAKE_SOURCE_DIR}/node/cli/shipment_csv.cc)
