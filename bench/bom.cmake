add_executable(bench_bom EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_bom.cc)
target_link_libraries(bench_bom PRIVATE ledger)
