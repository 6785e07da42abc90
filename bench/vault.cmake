add_executable(bench_vault EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_vault.cc)
target_link_libraries(bench_vault PRIVATE ledger)
