# Single files of the node, without all that a node is made of.
reelproof_fuzz(remote_log ledger api_http)
target_sources(fuzz_remote_log PRIVATE ${CMAKE_SOURCE_DIR}/node/replication/remote_log.cc)
reelproof_fuzz(config ledger api_http)
target_sources(fuzz_config PRIVATE ${CMAKE_SOURCE_DIR}/node/config.cc
                                   ${CMAKE_SOURCE_DIR}/node/toml.cc
                                   ${CMAKE_SOURCE_DIR}/api/people/access.cc)
target_include_directories(fuzz_config SYSTEM PRIVATE ${TOMLPLUSPLUS_INCLUDE})
reelproof_fuzz(intake ledger api_http)
foreach(part intake intake_entries incidents genesis cosigning misbehaviour remote_log)
  target_sources(fuzz_intake PRIVATE ${CMAKE_SOURCE_DIR}/node/replication/${part}.cc)
endforeach()
